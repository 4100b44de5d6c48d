using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>Fetches messages that a platform has and Omni never got, such as after an outage. They go the same way as posted ones, and what is there already changes nothing.</summary>
public sealed class ChannelHistory(IOmniDbFactory dbs, IChannelAdapters adapters, IChannelCredentials credentials, WebhookIntake intake, TimeProvider clock)
{
    /// <summary>How far back messages are fetched.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromDays(7);

    /// <summary>Fetches what came to a channel lately. Applied by the workers afterwards.</summary>
    /// <returns>How many deliveries were handed to them; a conflict where the platform lists nothing.</returns>
    public async Task<Result<int>> FetchAsync(Actor actor, Guid channelId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        return await FetchAsync(actor.OrganizationId, channelId, clock.GetUtcNow() - Reach, ct);
    }

    /// <summary>True when a platform lists messages of the past.</summary>
    public bool Lists(ChannelKind kind) => adapters.Find(kind) is IChannelHistory;

    /// <summary>Fetches what came to a channel since a moment; for workers.</summary>
    /// <returns>How many deliveries were handed over; a conflict where the platform lists nothing.</returns>
    public async Task<Result<int>> FetchAsync(Guid organizationId, Guid channelId, DateTimeOffset since, CancellationToken ct)
    {
        Channel? channel;
        await using (var db = await dbs.OpenAsync(organizationId, ct))
        {
            channel = await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == channelId && c.DeletedAt == null, ct);
        }

        if (channel is null || await credentials.OpenAsync(organizationId, channelId, ct) is not { } access)
        {
            return new Refusal.NotFound("The channel");
        }

        if (adapters.Find(channel.Kind) is not IChannelHistory history)
        {
            return new Refusal.Conflict($"{channel.Kind} offers no way to fetch older messages.");
        }

        if (!(await history.HistoryAsync(access, since, ct)).Succeeded(out var deliveries, out var refusal))
        {
            return refusal is not Refusal.Forbidden ? refusal
                : await credentials.RefusedAsync(organizationId, channelId, access, refusal.Message, ct) ? new Refusal.Conflict(refusal.Message) { Code = ErrorCode.ChannelNeedsReauthorization }
                : new Refusal.Unavailable("The channel has a new token by now. Try again.", TimeSpan.FromSeconds(5));
        }

        var route = new ChannelRoute(channel.Kind, channel.ExternalAccountId, channel.AppSecretHash ?? "") { OrganizationId = channel.OrganizationId, ChannelId = channel.Id };
        foreach (var delivery in deliveries)
        {
            if (!(await intake.AcceptOwnAsync(route, delivery, ct)).Succeeded(out _, out refusal))
            {
                return refusal;
            }
        }

        return deliveries.Count;
    }
}

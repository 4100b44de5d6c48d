using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>Connects accounts of platforms and looks after them. Reading is for every member; everything else for administrators of the organization.</summary>
public sealed partial class ChannelService(
    IOmniDbFactory dbs,
    IChannelAdapters adapters,
    ISecrets secrets,
    IChannelCredentials credentials,
    IChannelRoutes routes,
    IChannelFigures figures,
    IWebhookSecrets webhooks,
    IChannelTokens tokens,
    IChannelPolls polls,
    IPublicAddress address,
    WorkSignals signals,
    TimeProvider clock)
{
    /// <summary>Longest name of a channel, in characters.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Largest settings of a channel, in characters of JSON.</summary>
    public const int MaxSettingsLength = 16_384;

    /// <summary>How long before its end a token is pointed out.</summary>
    private static readonly TimeSpan TokenWarning = TimeSpan.FromDays(7);

    /// <summary>All connected channels, by name.</summary>
    public async Task<Result<IReadOnlyList<ConnectedChannel>>> ListAsync(Actor actor, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        List<Channel> channels;
        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            channels = await db.Channels.AsNoTracking().Where(c => c.DeletedAt == null).ToListAsync(ct);
        }

        var counted = await figures.ReadAsync(actor.OrganizationId, null, ct);
        var views = new List<ConnectedChannel>(channels.Count);
        foreach (var channel in channels.OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase).ThenBy(c => c.Id))
        {
            views.Add(await ViewAsync(actor, channel, counted, ct));
        }

        return views;
    }

    /// <summary>One channel.</summary>
    public async Task<Result<ConnectedChannel>> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return await FindAsync(actor, id, ct) is { } channel ? await ViewAsync(actor, channel, ct) : Unknown;
    }

    /// <summary>How one channel is doing.</summary>
    public async Task<Result<ChannelHealth>> HealthAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return await FindAsync(actor, id, ct) is { } channel
            ? HealthOf(channel, await figures.ReadAsync(actor.OrganizationId, id, ct))
            : Unknown;
    }

    /// <summary>The account's message templates, as the platform has them now.</summary>
    /// <returns>The templates; empty where the platform has none.</returns>
    public async Task<Result<IReadOnlyList<MessageTemplate>>> TemplatesAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        if (await FindAsync(actor, id, ct) is not { } channel || adapters.Find(channel.Kind) is not { } adapter)
        {
            return Unknown;
        }

        if (channel.Status == ChannelStatus.NeedsReauth)
        {
            return new Refusal.Conflict(channel.Reason ?? "The channel's token no longer counts.") { Code = ErrorCode.ChannelNeedsReauthorization };
        }

        return await credentials.OpenAsync(actor.OrganizationId, id, ct) is { } access ? await adapter.ListTemplatesAsync(access, ct) : Unknown;
    }

    private static Refusal Unknown => new Refusal.NotFound("The channel");

    private ChannelHealth HealthOf(Channel channel, IReadOnlyDictionary<Guid, ChannelFigures> counted)
    {
        var here = counted.GetValueOrDefault(channel.Id) ?? ChannelFigures.None(channel.Id);
        return new ChannelHealth(
            channel.Status,
            channel.LastInboundAt,
            channel.LastOutboundAt,
            CredentialForm.Of(channel.Kind)?.Fields.Any(f => f.Name == CredentialNames.RefreshToken) == true ? null : channel.TokenExpiresAt, // what is renewed by itself is no news
            channel.ProvedAt,
            here with { Traffic = ChannelTraffic.None }, // summed up below
            channel.Reason)
        {
            Activity = ChannelActivity.Of(here.Traffic, channel.CreatedAt, channel.LastInboundAt, clock.GetUtcNow()),
            TokenIsExchanged = adapters.Find(channel.Kind) is ITokenRenewal,
            TokenWarnsAt = channel.TokenExpiresAt - (adapters.Find(channel.Kind) is ITokenRenewal renewal && renewal.RenewBefore < TokenWarning ? renewal.RenewBefore / 2 : TokenWarning),
        };
    }

    private async Task<Channel?> FindAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, ct);
    }

    private async Task<ConnectedChannel> ViewAsync(Actor actor, Channel channel, CancellationToken ct) =>
        await ViewAsync(actor, channel, await figures.ReadAsync(actor.OrganizationId, channel.Id, ct), ct);

    private async Task<ConnectedChannel> ViewAsync(Actor actor, Channel channel, IReadOnlyDictionary<Guid, ChannelFigures> counted, CancellationToken ct)
    {
        var manages = actor.Is(MemberRole.Admin);
        return new ConnectedChannel
        {
            Id = channel.Id,
            Kind = channel.Kind,
            Name = channel.Name,
            DisplayName = channel.DisplayName,
            Status = channel.Status,
            Reason = channel.Reason,
            ExternalAccountId = channel.ExternalAccountId,
            Sandbox = channel.Sandbox,
            Settings = Parse(channel.Settings),
            Credentials = manages ? Parse(channel.CredentialHints) : null,
            Webhook = manages && !channel.Sandbox && CredentialForm.Of(channel.Kind) is not ({ IsOurs: true } or { IsPolled: true }) ? await WebhookAsync(actor, channel, ct) : null,
            Health = HealthOf(channel, counted),
            CreatedAt = channel.CreatedAt,
        };
    }

    private async Task<ChannelWebhook> WebhookAsync(Actor actor, Channel channel, CancellationToken ct)
    {
        var path = $"/webhooks/{Names.Of(channel.Kind)}";
        if (channel.AppSecretHash is null)
        {
            var installation = actor.IsInstallationAdministrator ? await webhooks.FindAsync(channel.Kind, null, ct) : null;
            return new ChannelWebhook(address.Of(path), installation is { VerifyTokens: [var token, ..] } ? token : null, OwnApp: false);
        }

        var access = await credentials.OpenAsync(channel.OrganizationId, channel.Id, ct);
        return new ChannelWebhook(address.Of($"{path}/{channel.Id}"), access?.Credentials.GetValueOrDefault(CredentialNames.VerifyToken), OwnApp: true);
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json) as JsonObject ?? [];
}

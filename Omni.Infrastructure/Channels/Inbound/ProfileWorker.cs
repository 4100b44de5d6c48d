using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Events;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>Asks platforms for the names of people who wrote, where deliveries do not carry them. A name that cannot be had never holds up a message.</summary>
internal sealed partial class ProfileWorker(
    ProfileQueue queue, IChannelAdapters adapters, IChannelCredentials credentials, IOmniDbFactory dbs, TimeProvider clock, ILogger<ProfileWorker> logger) : BackgroundService
{
    private const int AtOnce = 8;
    private const int MostTries = 3;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Several at once: a platform that is slow to answer for one person must not keep the names of others away.
            await Parallel.ForEachAsync(queue.ReadAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (person, ct) =>
            {
                try
                {
                    await NameAsync(person, ct);
                }
                catch (Exception failure) when (InboundFailure.IsOurs(failure))
                {
                    LogFailed(logger, person.ContactId, failure);
                }
            });
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task NameAsync(Nameless person, CancellationToken ct)
    {
        if (adapters.Find(person.Kind) is not IContactProfiles profiles || await credentials.OpenAsync(person.OrganizationId, person.ChannelId, ct) is not { } access)
        {
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            var answer = await profiles.ProfileAsync(person.ExternalId, access, ct);
            if (answer.Succeeded(out var profile, out var refusal))
            {
                await WriteAsync(person, profile, ct);
                return;
            }

            if (refusal is not Refusal.Unavailable || attempt == MostTries)
            {
                return; // the person shows nothing, or the platform is away: the id stays until they write again
            }

            await Task.Delay(Wait * attempt, clock, ct);
        }
    }

    private async Task WriteAsync(Nameless person, ContactProfile profile, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(person.OrganizationId, ct);
        if (await db.LockAsync<Contact>(person.ContactId, ct) is not { } contact)
        {
            return;
        }

        var identity = await db.Set<ContactIdentity>().SingleOrDefaultAsync(i => i.ChannelId == person.ChannelId && i.ExternalId == person.ExternalId, ct);
        if (identity is not null)
        {
            identity.Username = profile.Username ?? identity.Username;
        }

        // What the team or an earlier answer said stays.
        if ((profile.Name ?? profile.Username) is not { } name || contact.NameIsOurs || contact.Name != person.ExternalId)
        {
            await db.CommitAsync(ct);
            return;
        }

        contact.Name = name;
        var now = clock.GetUtcNow();
        foreach (var id in await db.Conversations.Where(c => c.ContactId == person.ContactId).Select(c => c.Id).ToListAsync(ct))
        {
            db.Raise(new ChangeEvent(person.OrganizationId, ChangeEvent.Conversation(id), EventNames.ConversationUpdated, new JsonObject { ["conversationId"] = id }, now));
        }

        await db.CommitAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The name of contact {ContactId} could not be had")]
    private static partial void LogFailed(ILogger logger, Guid contactId, Exception failure);
}

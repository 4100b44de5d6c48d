using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Core.Sandbox;

/// <content>Making a play channel, and how its platform behaves.</content>
public sealed partial class SandboxService
{
    /// <summary>Makes a play channel. Nothing is asked of any platform.</summary>
    /// <param name="actor">An owner.</param>
    /// <param name="kind">The platform to pretend.</param>
    /// <param name="name">Name for the team; null or empty takes one that says what it is.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<ConnectedChannel>> CreateAsync(Actor actor, ChannelKind kind, string? name, CancellationToken ct)
    {
        if (Closed(actor) is { } closed)
        {
            return closed;
        }

        if (!_platforms.TryGetValue(kind, out var platform))
        {
            return new Refusal.Invalid("kind", $"{kind} cannot be pretended yet. Known: {string.Join(", ", Kinds.Select(Names.Of))}.");
        }

        var shown = string.IsNullOrWhiteSpace(name) ? $"Sandbox {kind}" : name.Trim();
        if (ChannelService.BadName(shown) is { } badName)
        {
            return badName;
        }

        var now = clock.GetUtcNow();
        var channel = new Channel(actor.OrganizationId, kind, shown, SandboxIds.New(), now) { Sandbox = true, ProvedAt = now };
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var values = platform.NewCredentials(channel.ExternalAccountId, new SandboxToken(actor.OrganizationId, channel.Id).Write(), secret);
        channel.Credentials = await secrets.SealAsync(actor.OrganizationId, channel.Id, values, ct);
        channel.AppSecretHash = SealedCredentials.HashOf(secret);
        channel.DisplayName = platform.DisplayName(channel.ExternalAccountId);

        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            await locks.HoldAsync(db, $"sandbox:{actor.OrganizationId}", ct); // two at once must not both be the fifth
            if (await db.Channels.CountAsync(c => c.Sandbox && c.DeletedAt == null, ct) >= MostChannels)
            {
                return new Refusal.Conflict($"An organization may have {MostChannels} sandbox channels. Disconnect one first.") { Code = ErrorCode.PlanLimit };
            }

            db.Channels.Add(channel);
            db.Set<ChannelLane>().Add(new ChannelLane(actor.OrganizationId, channel.Id, "inbound"));
            await routes.WriteAsync(db, channel, [], ct);
            db.AuditLog.Add(ChannelAudit.Entry(actor, "sandbox.created", channel.Id, now, new JsonObject { ["kind"] = Names.Of(kind) }));
            channel.Announce(db, now);
            await db.CommitAsync(ct);
        }

        return await channels.GetAsync(actor, channel.Id, ct);
    }

    /// <summary>Sets how the platform behaves from now on. A token that counts again is a new one: the channel is connected with it and what waited goes out.</summary>
    /// <returns>The behaviour as it is now.</returns>
    public async Task<Result<SandboxBehaviour>> SetBehaviourAsync(Actor actor, Guid channelId, SandboxBehaviour behaviour, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(behaviour);
        if (!(await FindAsync(actor, channelId, ct)).Succeeded(out var before, out var refusal))
        {
            return refusal;
        }

        if (behaviour.SlowMs is < 0 or > SandboxBehaviour.MaxSlowMs)
        {
            return new Refusal.Invalid("slowMs", $"0 to {SandboxBehaviour.MaxSlowMs} milliseconds.");
        }

        var now = clock.GetUtcNow();
        var isRenewed = before.Behaviour.TokenExpired && !behaviour.TokenExpired;
        var renewed = new Dictionary<string, string>(before.Credentials, StringComparer.Ordinal) { [CredentialNames.AccessToken] = new SandboxToken(actor.OrganizationId, channelId).Write() };
        var sealedValues = isRenewed ? await secrets.SealAsync(actor.OrganizationId, channelId, renewed, ct) : null;
        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            if (await db.LockAsync<Channel>(channelId, ct) is not { DeletedAt: null } channel)
            {
                return Unknown;
            }

            channel.Settings = behaviour.Into(channel.Settings);
            if (sealedValues is not null)
            {
                channel.Credentials = sealedValues;
                channel.Announce(db, now); // whoever keeps the old token reads again
            }

            db.AuditLog.Add(ChannelAudit.Entry(actor, "sandbox.behaviour", channelId, now));
            db.Raise(Changed(actor.OrganizationId, channelId, now));
            await db.CommitAsync(ct);
        }

        if (before.Behaviour.WindowClosed != behaviour.WindowClosed)
        {
            await AgeAsync(before, behaviour.WindowClosed, ct);
        }

        if (isRenewed)
        {
            await channels.ProveAgainAsync(actor.OrganizationId, channelId, ct);
        }

        return behaviour;
    }

    /// <summary>Lets the pretend day pass, or takes it back. What customers write meanwhile says by its own time that it is old; what they wrote before is made as old here.</summary>
    private async Task AgeAsync(SandboxAccount account, bool isClosed, CancellationToken ct)
    {
        if (adapters.Find(account.Kind)?.Capabilities.ReplyWindow is not { } window)
        {
            return;
        }

        List<Guid> ids;
        await using (var db = await dbs.OpenAsync(account.OrganizationId, ct))
        {
            ids = await db.Conversations.Where(c => c.ChannelId == account.ChannelId && c.LastInboundAt != null).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync(ct);
        }

        foreach (var id in ids)
        {
            await using var db = await dbs.OpenAsync(account.OrganizationId, ct);
            if (await db.LockAsync<Conversation>(id, ct) is { } conversation)
            {
                conversation.WindowUntil = isClosed ? conversation.LastInboundAt : conversation.LastInboundAt + window;
                db.Raise(Activities.Updated(conversation, clock.GetUtcNow()));
                await db.CommitAsync(ct);
            }
        }
    }
}

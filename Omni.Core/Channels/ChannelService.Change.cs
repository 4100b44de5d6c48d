using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <content>Changing and disconnecting a channel.</content>
public sealed partial class ChannelService
{
    /// <summary>Messages given up in one transaction at most.</summary>
    private const int Chunk = 500;

    /// <summary>Changes a channel. New credentials must prove the same account again; then it works and what waited goes out.</summary>
    public async Task<Result<ConnectedChannel>> UpdateAsync(Actor actor, Guid id, ChannelPatch patch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(patch);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if ((patch.Name is null ? null : BadName(patch.Name)) is { } badName)
        {
            return badName;
        }

        if (await FindAsync(actor, id, ct) is not { } present)
        {
            return Unknown;
        }

        if (!Settings(present.Kind, patch.Settings).Succeeded(out var settings, out var refusal)
            || (patch.Credentials is { Count: > 0 } entered && !(await RenewAsync(actor, id, entered, ct)).Succeeded(out _, out refusal)))
        {
            return refusal;
        }

        if (patch is { Name: null, Settings: null })
        {
            return patch.Enabled is { } enabled ? await SwitchAsync(actor, id, enabled, ct) : await GetAsync(actor, id, ct);
        }

        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            if (await db.LockAsync<Channel>(id, ct) is not { DeletedAt: null } channel)
            {
                return Unknown;
            }

            channel.Name = patch.Name?.Trim() ?? channel.Name;
            channel.Settings = settings?.ToJsonString() ?? channel.Settings;
            db.AuditLog.Add(ChannelAudit.Entry(actor, "channel.updated", id, clock.GetUtcNow()));
            channel.Announce(db, clock.GetUtcNow());
            await db.CommitAsync(ct);
        }

        return patch.Enabled is { } on ? await SwitchAsync(actor, id, on, ct) : await GetAsync(actor, id, ct);
    }

    /// <summary>Switches a channel off: nothing goes out any more, what comes in is still kept and shown.</summary>
    public Task<Result<ConnectedChannel>> DisableAsync(Actor actor, Guid id, CancellationToken ct) => SwitchAsync(actor, id, false, ct);

    /// <summary>Switches a channel on again, after reading the account with its token.</summary>
    public Task<Result<ConnectedChannel>> EnableAsync(Actor actor, Guid id, CancellationToken ct) => SwitchAsync(actor, id, true, ct);

    /// <summary>Disconnects a channel: its secrets are erased, replies that still wait are given up, conversations and messages stay.</summary>
    public async Task<Result<Done>> DisconnectAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            if (await db.LockAsync<Channel>(id, ct) is not { DeletedAt: null } channel)
            {
                return Unknown;
            }

            await routes.RemoveAsync(db, channel, ct);
            channel.DeletedAt = clock.GetUtcNow();
            (channel.Credentials, channel.CredentialHints, channel.AppSecretHash) = ([], "{}", null);
            db.AuditLog.Add(ChannelAudit.Entry(actor, "channel.disconnected", id, clock.GetUtcNow()));
            channel.Judge(ChannelStatus.Disabled, "Disconnected.", db, clock.GetUtcNow());
            await db.CommitAsync(ct);
        }

        await GiveUpOutboxAsync(actor.OrganizationId, id, ct);
        return default(Done);
    }

    private async Task<Result<ConnectedChannel>> SwitchAsync(Actor actor, Guid id, bool on, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            if (await db.LockAsync<Channel>(id, ct) is not { DeletedAt: null } channel)
            {
                return Unknown;
            }

            if (on == (channel.Status == ChannelStatus.Disabled))
            {
                channel.Judge(on ? ChannelStatus.Connected : ChannelStatus.Disabled, on ? null : "Switched off by your team.", db, clock.GetUtcNow());
                db.AuditLog.Add(ChannelAudit.Entry(actor, on ? "channel.enabled" : "channel.disabled", id, clock.GetUtcNow()));
            }

            await db.CommitAsync(ct);
        }

        if (on)
        {
            await ProveAgainAsync(actor.OrganizationId, id, ct);
        }

        return await GetAsync(actor, id, ct);
    }

    /// <summary>Puts new secrets over the old ones, when together they read the same account.</summary>
    private async Task<Result<Done>> RenewAsync(Actor actor, Guid id, IReadOnlyDictionary<string, string?> entered, CancellationToken ct)
    {
        if (await FindAsync(actor, id, ct) is not { } channel || CredentialForm.Of(channel.Kind) is not { } form || adapters.Find(channel.Kind) is not { } adapter)
        {
            return Unknown;
        }

        if (channel.Sandbox)
        {
            return new Refusal.Conflict("A sandbox channel has no credentials to enter. Its token is renewed in the sandbox.");
        }

        var held = channel.Credentials.Length == 0 ? new Dictionary<string, string>() : await secrets.OpenAsync(actor.OrganizationId, id, channel.Credentials, ct);
        var isAppRemoved = entered.TryGetValue(CredentialNames.AppSecret, out var appSecret) && appSecret is { Length: 0 };
        var all = isAppRemoved ? form.Fields.Where(CredentialForm.IsOfApp).Select(f => KeyValuePair.Create(f.Name, (string?)"")).Concat(entered.Where(e => form.Fields.All(f => f.Name != e.Key || !CredentialForm.IsOfApp(f)))).ToDictionary(StringComparer.Ordinal) : entered;
        if (form.IsPolled && entered.ContainsKey(CredentialNames.RefreshToken) && !entered.ContainsKey(CredentialNames.AccessToken))
        {
            all = new Dictionary<string, string?>(all, StringComparer.Ordinal) { [CredentialNames.AccessToken] = "" }; // the held one would prove nothing about the new
        }

        if (!form.Read(all, held).Succeeded(out var values, out var refusal))
        {
            return refusal;
        }

        if (values[form.AccountField] != channel.ExternalAccountId)
        {
            return new Refusal.Invalid(form.AccountField, "A channel keeps its account. Connect the other account as a channel of its own.");
        }

        if (!(await CompleteAsync(form, values, ct)).Succeeded(out _, out refusal)
            || !(await ExchangeAsync(adapter, form, values, ct)).Succeeded(out var ends, out refusal)
            || !(await ProveAsync(adapter, form, values, ct)).Succeeded(out var proof, out refusal))
        {
            return refusal;
        }

        var sealedValues = await secrets.SealAsync(actor.OrganizationId, id, values, ct);
        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            if (await db.LockAsync<Channel>(id, ct) is not { DeletedAt: null } locked)
            {
                return Unknown;
            }

            channel = locked;
            Accept(channel, form, values, sealedValues, proof with { TokenExpiresAt = proof.TokenExpiresAt ?? ends.At });
            if (await SaveAsync(db, actor, channel, proof, "channel.credentialsChanged", ct) is { } taken)
            {
                return taken;
            }
        }

        await WakeAsync(channel, ct);
        return default(Done);
    }

    /// <summary>Replies that nobody can send any more are shown as failed instead of waiting for ever. One that is being sent right now is left to the sender.</summary>
    private async Task GiveUpOutboxAsync(Guid organizationId, Guid channelId, CancellationToken ct)
    {
        int given;
        do
        {
            await using var db = await dbs.OpenAsync(organizationId, ct);
            var entries = await db.Set<OutboxEntry>().Where(e => e.ChannelId == channelId && !e.Attempting).OrderBy(e => e.MessageId).Take(Chunk).ToListAsync(ct);
            var ids = entries.ConvertAll(e => e.MessageId);
            foreach (var message in await db.Messages.Where(m => ids.Contains(m.Id)).ToListAsync(ct))
            {
                message.Status = MessageStatus.Failed;
                (message.ErrorMessage, message.ErrorRetryable) = ("The channel was disconnected before this was sent.", true);
                db.Raise(new ChangeEvent(organizationId, ChangeEvent.Conversation(message.ConversationId), EventNames.MessageStatusChanged,
                    new() { ["conversationId"] = message.ConversationId, ["messageId"] = message.Id, ["status"] = Names.Of(message.Status) }, clock.GetUtcNow()));
            }

            db.Set<OutboxEntry>().RemoveRange(entries);
            await db.CommitAsync(ct);
            given = entries.Count;
        }
        while (given == Chunk);
    }
}

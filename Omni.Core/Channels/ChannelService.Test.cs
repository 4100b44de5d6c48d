using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <content>Testing a channel.</content>
public sealed partial class ChannelService
{
    /// <summary>A platform's own check of a working channel usually arrives within a day; a channel that never heard anything is pointed out after this.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    /// <summary>Tests a channel and says in plain words what is wrong and what to do. The outcome for the token is recorded.</summary>
    public async Task<Result<ChannelTest>> TestAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (await FindAsync(actor, id, ct) is null)
        {
            return Unknown;
        }

        var refusal = await ProveAgainAsync(actor.OrganizationId, id, ct);
        if (await FindAsync(actor, id, ct) is not { } channel)
        {
            return Unknown;
        }

        var counted = (await figures.ReadAsync(actor.OrganizationId, id, ct)).GetValueOrDefault(id) ?? ChannelFigures.None(id);
        ChannelCheck[] platform = CredentialForm.Of(channel.Kind) is { IsOurs: true } ? [] : [Token(channel, refusal), await WaysInAsync(channel, ct)];
        ChannelCheck[] checks = [.. platform, Inbound(channel, counted), Outbound(channel, counted)];
        var bad = checks.FirstOrDefault(c => c.State == CheckState.Bad);
        var warning = checks.FirstOrDefault(c => c.State == CheckState.Warning);
        return new ChannelTest(bad is null, (bad ?? warning)?.Words ?? "Everything works.", checks);
    }

    /// <summary>Reads the account with the channel's token and records what came out.</summary>
    /// <returns>Why the token did not read it, or null.</returns>
    internal async Task<Refusal?> ProveAgainAsync(Guid organizationId, Guid id, CancellationToken ct)
    {
        var actor = Actor.System(organizationId);
        if (await FindAsync(actor, id, ct) is not { } before || adapters.Find(before.Kind) is not { } adapter || CredentialForm.Of(before.Kind) is not { } form)
        {
            return Unknown;
        }

        if (before.Credentials.Length == 0)
        {
            return new Refusal.Invalid(CredentialNames.AccessToken, "No token is stored. Enter it again.");
        }

        // A token that ended by itself says nothing about the account; one that the platform refuses is exchanged once.
        if (adapter is ITokenRenewal && !before.Sandbox && await tokens.RenewAsync(organizationId, id, null, ct) is TokenRenewal.Renewed)
        {
            before = await FindAsync(actor, id, ct) ?? before;
        }

        var values = new Dictionary<string, string>(await secrets.OpenAsync(organizationId, id, before.Credentials, ct), StringComparer.Ordinal);
        var proved = before.Sandbox
            ? await adapter.ProveAsync(new ChannelAccess(before.ExternalAccountId, values, Sandbox: true), ct)
            : await ProveAsync(adapter, form, values, ct);
        if (proved.Refusal is Refusal.Invalid { Field: CredentialNames.AccessToken } && adapter is ITokenRenewal && !before.Sandbox
            && await tokens.RenewAsync(organizationId, id, values[CredentialNames.AccessToken], ct) is TokenRenewal.Renewed && await FindAsync(actor, id, ct) is { } renewed)
        {
            before = renewed;
            values = new Dictionary<string, string>(await secrets.OpenAsync(organizationId, id, before.Credentials, ct), StringComparer.Ordinal);
            proved = await ProveAsync(adapter, form, values, ct);
        }

        if (!proved.Succeeded(out var proof, out var refusal) && refusal is not Refusal.Invalid)
        {
            return refusal; // the platform could not be asked: nothing is known
        }

        await using (var db = await dbs.OpenAsync(organizationId, ct))
        {
            if (await db.LockAsync<Channel>(id, ct) is not { DeletedAt: null } channel || !channel.Credentials.AsSpan().SequenceEqual(before.Credentials))
            {
                return null; // changed meanwhile; what was found is about the old token
            }

            // What the team or the platform said about the account itself is not taken back by a token that works.
            var (status, reason) = (channel.Status, proof is null) switch
            {
                (ChannelStatus.Disabled, _) => (ChannelStatus.Disabled, channel.Reason),
                (_, true) => (ChannelStatus.NeedsReauth, refusal?.Message),
                (ChannelStatus.NeedsReauth, _) => (ChannelStatus.Connected, null),
                _ => (channel.Status, channel.Reason),
            };
            if (proof is not null)
            {
                channel.ProvedAt = clock.GetUtcNow();
                channel.TokenExpiresAt = proof.TokenExpiresAt ?? (adapter is ITokenRenewal ? channel.TokenExpiresAt : null); // known from the last exchange, where a proof does not tell it
                channel.DisplayName = proof.DisplayName;
                await routes.WriteAsync(db, channel, proof.OtherAccountIds, ct);
            }

            if (status != channel.Status || reason != channel.Reason)
            {
                channel.Judge(status, reason, db, clock.GetUtcNow());
            }

            await db.CommitAsync(ct);
        }

        if (proof is not null)
        {
            await WakeAsync(before, ct);
        }

        return refusal;
    }

    private static ChannelCheck Token(Channel channel, Refusal? refusal) => refusal switch
    {
        Refusal.Invalid => new("token", CheckState.Bad, refusal.Message, "Press Edit and enter the value again. Replies wait until then and go out in order."),
        Refusal.Unavailable => new("token", CheckState.Warning, $"The platform could not be asked. {refusal.Message}", "Try again in a minute."),
        not null => new("token", CheckState.Bad, refusal.Message),
        null when channel.Status == ChannelStatus.Disabled => new("token", CheckState.Bad, "The token works, but the channel is switched off.", "Press Switch on."),
        null => new("token", CheckState.Ok, $"The token reads {channel.DisplayName}."),
    };

    private async Task<ChannelCheck> WaysInAsync(Channel channel, CancellationToken ct)
    {
        if (CredentialForm.Of(channel.Kind) is not { IsPolled: true })
        {
            return await WebhookAsync(channel, ct);
        }

        await using var db = await dbs.OpenAsync(channel.OrganizationId, ct);
        return await db.Set<ChannelPoll>().AsNoTracking().SingleOrDefaultAsync(p => p.ChannelId == channel.Id, ct) switch
        {
            { Failures: > 0, Error: { } error } => new("poll", CheckState.Warning, $"The last look for new messages failed: {error}", "Omni goes on looking by itself. Nothing is lost."),
            { LookedAt: { } at } when clock.GetUtcNow() - at is var ago && ago > Silence => new("poll", CheckState.Bad, $"Nobody has looked for new messages for {(int)ago.TotalMinutes} minutes.", "The administrator must see to it that a node with the role worker runs."),
            { LookedAt: not null } => new("poll", CheckState.Ok, $"New messages are fetched from {channel.Kind}."),
            _ => new("poll", CheckState.Ok, "The first look for messages is under way."),
        };
    }

    private async Task<ChannelCheck> WebhookAsync(Channel channel, CancellationToken ct)
    {
        if (channel.Sandbox)
        {
            return new("webhook", CheckState.Ok, "The sandbox delivers to this program itself.");
        }

        var isOwn = channel.AppSecretHash is not null;
        if (!isOwn && await webhooks.FindAsync(channel.Kind, null, ct) is null)
        {
            return new("webhook", CheckState.Bad, "Deliveries cannot be verified: this installation has no app secret.", $"The administrator must set Platforms:{CredentialForm.Of(channel.Kind)?.App}:AppSecret, or enter an app secret of your own.");
        }

        var url = new Uri(address.Of($"/webhooks/{Names.Of(channel.Kind)}{(isOwn ? $"/{channel.Id}" : "")}"));
        return url.IsLoopback
            ? new("webhook", CheckState.Warning, $"Platforms cannot reach {url.GetLeftPart(UriPartial.Authority)}: it is this computer's own address.", "The administrator must set Omni:PublicUrl to the address outside.")
            : url.Scheme != Uri.UriSchemeHttps
                ? new("webhook", CheckState.Warning, "The webhook address is not https, which platforms require.", "The administrator must set Omni:PublicUrl to an https address.")
                : new("webhook", CheckState.Ok, $"Deliveries are expected at {url}.");
    }

    private ChannelCheck Inbound(Channel channel, ChannelFigures counted) =>
        counted.InboundFailed > 0 ? new("inbound", CheckState.Warning, $"{Count(counted.InboundFailed, "delivery", "deliveries")} could not be read. They are kept.", "Look at them under Webhook events and replay them.")
        : channel.LastInboundAt is not null ? new("inbound", CheckState.Ok, "Messages arrive.")
        : clock.GetUtcNow() - channel.CreatedAt < Silence ? new("inbound", CheckState.Ok, "No message yet. Write one to the account to see it arrive.")
        : new("inbound", CheckState.Warning, "No message has ever arrived.", "Write one to the account. If it does not come, compare webhook address and verify token at the platform, and subscribe to the field messages.");

    private static ChannelCheck Outbound(Channel channel, ChannelFigures counted) =>
        counted.Failed > 0 ? new("outbound", CheckState.Warning, $"{Count(counted.Failed, "message", "messages")} could not be sent in the last 24 hours.", "Each says why in its conversation.")
        : counted.Queued > 0 && channel.Status != ChannelStatus.Connected ? new("outbound", CheckState.Warning, $"{Count(counted.Queued, "reply waits", "replies wait")} and go out in order.")
        : new("outbound", CheckState.Ok, "Nothing is stuck.");

    private static string Count(int n, string one, string many) => n == 1 ? $"1 {one}" : n >= ChannelFigures.MostCounted ? $"{ChannelFigures.MostCounted - 1}+ {many}" : $"{n} {many}";
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Sandbox;
using Omni.Core.Tenancy;
using Omni.Core.Widget;

namespace Omni.Core.Channels;

/// <content>Connecting an account.</content>
public sealed partial class ChannelService
{
    private static readonly Refusal Taken = new Refusal.Conflict("This account is already connected in this installation. It must be disconnected there first.");

    /// <summary>
    /// Connects an account: the token must read exactly the account that was entered. An account that this organization had connected
    /// before gets its channel back, with its history. What came for the account before is then handed to the channel.
    /// </summary>
    /// <returns>The channel, or why not: a wrong input by name (<see cref="ErrorCode.AccountNotProved"/>), the account belongs elsewhere, the platform is away.</returns>
    public async Task<Result<ConnectedChannel>> ConnectAsync(Actor actor, ChannelDraft draft, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(draft);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (CredentialForm.Of(draft.Kind) is not { } form || adapters.Find(draft.Kind) is not { } adapter)
        {
            return new Refusal.Invalid("kind", $"{draft.Kind} cannot be connected yet.");
        }

        if ((string.IsNullOrWhiteSpace(draft.Name) ? null : BadName(draft.Name)) is { } badName)
        {
            return badName;
        }

        if (!Settings(draft.Kind, draft.Settings).Succeeded(out var settings, out var refusal)
            || !form.Read(draft.Credentials, null).Succeeded(out var values, out refusal)
            || !(await CompleteAsync(form, values, ct)).Succeeded(out _, out refusal)
            || !(await ExchangeAsync(adapter, form, values, ct)).Succeeded(out var ends, out refusal)
            || !(await ProveAsync(adapter, form, values, ct)).Succeeded(out var proof, out refusal))
        {
            return refusal;
        }

        var known = await PreviousAsync(actor, draft.Kind, proof.AccountId, ct);
        var channel = new Channel(actor.OrganizationId, draft.Kind, "", proof.AccountId, clock.GetUtcNow());
        var id = known ?? channel.Id;
        var sealedValues = await secrets.SealAsync(actor.OrganizationId, id, values, ct);

        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            var isNew = known is null;
            channel = isNew ? channel : (await db.LockAsync<Channel>(id, ct))!;
            if (isNew)
            {
                db.Channels.Add(channel);
                db.Set<ChannelLane>().Add(new ChannelLane(actor.OrganizationId, id, "inbound"));
            }

            channel.Name = (draft.Name ?? "").Trim() is { Length: > 0 } name ? name
                : channel.Name.Length > 0 ? channel.Name : Cut(proof.DisplayName is { Length: > 0 } shown ? shown : proof.AccountId);
            channel.Settings = settings?.ToJsonString() ?? channel.Settings;
            Accept(channel, form, values, sealedValues, proof with { TokenExpiresAt = proof.TokenExpiresAt ?? ends.At ?? draft.TokenExpiresAt });
            if (await SaveAsync(db, actor, channel, proof, isNew ? "channel.connected" : "channel.reconnected", ct) is { } taken)
            {
                return taken;
            }
        }

        await WakeAsync(channel, ct);
        return await ViewAsync(actor, channel, ct);
    }

    /// <summary>The channel that this organization has or had for an account.</summary>
    private async Task<Guid?> PreviousAsync(Actor actor, ChannelKind kind, string accountId, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await db.Channels.Where(c => c.Kind == kind && c.ExternalAccountId == accountId && !c.Sandbox)
            .OrderBy(c => c.DeletedAt != null).ThenByDescending(c => c.Id).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>An own app secret without a verify token gets one; without an own app the installation must have one. An account of our own is made here.</summary>
    private async Task<Result<Done>> CompleteAsync(CredentialForm form, Dictionary<string, string> values, CancellationToken ct)
    {
        if (form.IsOurs)
        {
            values.TryAdd(CredentialNames.SiteKey, WidgetKeys.NewSite());
            values.TryAdd(CredentialNames.IdentitySecret, WidgetKeys.NewSecret());
            return default(Done);
        }

        if (form.IsPolled)
        {
            return default(Done); // nothing is posted that would have to be verified
        }

        if (values.ContainsKey(CredentialNames.AppSecret))
        {
            if (form.Fields.Any(f => f.Name == CredentialNames.VerifyToken))
            {
                values.TryAdd(CredentialNames.VerifyToken, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24)));
            }

            return default(Done);
        }

        if (form.Fields.FirstOrDefault(f => CredentialForm.IsOfApp(f) && values.ContainsKey(f.Name)) is { } alone)
        {
            return new Refusal.Invalid(CredentialNames.AppSecret, $"{alone.Label} of your own needs the app secret of the same {form.App} app.");
        }

        return await webhooks.FindAsync(form.Kind, null, ct) is null
            ? new Refusal.Invalid(CredentialNames.AppSecret, $"This installation has no {form.App} app of its own, so deliveries could not be verified. Enter the app secret of your {form.App} app, or have the administrator set Platforms:{form.App}:AppSecret.")
            : default(Done);
    }

    /// <summary>Gets a token to make calls with, where only the one to renew by was entered.</summary>
    private static async Task<Result<TokenEnd>> ExchangeAsync(IChannelAdapter adapter, CredentialForm form, Dictionary<string, string> values, CancellationToken ct)
    {
        if (adapter is not ITokenRenewal renewal || values.ContainsKey(CredentialNames.AccessToken) || !values.ContainsKey(CredentialNames.RefreshToken))
        {
            return default(TokenEnd);
        }

        if (!(await renewal.RenewAsync(new ChannelAccess(values[form.AccountField], values), ct)).Succeeded(out var renewed, out var refusal))
        {
            return refusal is Refusal.Invalid ? refusal with { Code = refusal.Code ?? ErrorCode.AccountNotProved } : refusal;
        }

        foreach (var (name, value) in renewed.Credentials)
        {
            values[name] = value;
        }

        return new TokenEnd(renewed.ExpiresAt);
    }

    private readonly record struct TokenEnd(DateTimeOffset? At);

    private static async Task<Result<ChannelProof>> ProveAsync(IChannelAdapter adapter, CredentialForm form, Dictionary<string, string> values, CancellationToken ct)
    {
        if (values.FirstOrDefault(v => SandboxIds.Is(v.Value)).Key is { } pretend)
        {
            return new Refusal.Invalid(pretend, "This id belongs to the sandbox. No platform has such an account.") { Code = ErrorCode.AccountNotProved };
        }

        var access = new ChannelAccess(values[form.AccountField], values);
        if (!(await adapter.ProveAsync(access, ct)).Succeeded(out var proof, out var refusal))
        {
            return refusal is Refusal.Invalid ? refusal with { Code = refusal.Code ?? ErrorCode.AccountNotProved } : refusal;
        }

        return proof.AccountId == access.AccountId && !proof.OtherAccountIds.Any(SandboxIds.Is)
            ? proof
            : new Refusal.Invalid(form.AccountField, "The access token reads another account than the one entered.") { Code = ErrorCode.AccountNotProved };
    }

    private void Accept(Channel channel, CredentialForm form, Dictionary<string, string> values, byte[] sealedValues, ChannelProof proof)
    {
        channel.Credentials = sealedValues;
        channel.CredentialHints = SealedCredentials.Hints(form.Fields.Where(f => f.Secret && values.ContainsKey(f.Name)).Select(f => KeyValuePair.Create(f.Name, values[f.Name])));
        channel.AppSecretHash = values.TryGetValue(CredentialNames.AppSecret, out var own) ? SealedCredentials.HashOf(own) : null;
        channel.DisplayName = proof.DisplayName;
        channel.TokenExpiresAt = proof.TokenExpiresAt;
        channel.ProvedAt = clock.GetUtcNow();
        channel.DeletedAt = null;
        channel.PausedUntil = null;
        (channel.Status, channel.Reason) = (ChannelStatus.Connected, null);
    }

    /// <summary>Writes channel, routes, audit entry and event in one unit of work; a refusal when the account belongs to somebody else.</summary>
    private async Task<Refusal?> SaveAsync(IOmniDb db, Actor actor, Channel channel, ChannelProof proof, string action, CancellationToken ct)
    {
        try
        {
            if (!await routes.WriteAsync(db, channel, proof.OtherAccountIds, ct))
            {
                return Taken;
            }

            db.AuditLog.Add(ChannelAudit.Entry(actor, action, channel.Id, clock.GetUtcNow(), new JsonObject { ["kind"] = Names.Of(channel.Kind), ["account"] = channel.ExternalAccountId }));
            channel.Announce(db, clock.GetUtcNow());
            await db.CommitAsync(ct);
            return null;
        }
        catch (DbUpdateException failure) when (failure.IsDuplicate())
        {
            return Taken;
        }
    }

    /// <summary>What waited for the channel goes on.</summary>
    private async Task WakeAsync(Channel channel, CancellationToken ct)
    {
        await polls.HurryAsync(channel.OrganizationId, channel.Id, echoes: false, ct);
        await routes.ReleaseUnroutedAsync(channel.OrganizationId, channel.Id, ct);
        signals.Inbound.Set();
        signals.Outbox.Set();
    }

    internal static Refusal.Invalid? BadName(string name) =>
        name.Trim().Length is 0 or > MaxNameLength || name.Any(char.IsControl) || name.EnumerateRunes().Contains(Rune.ReplacementChar)
            ? new Refusal.Invalid("name", $"A name has 1 to {MaxNameLength} characters on one line.")
            : null;

    /// <summary>The settings as they are stored; null when none were given. Those of a website chat are checked one by one and completed.</summary>
    private static Result<JsonObject?> Settings(ChannelKind kind, JsonObject? given)
    {
        if (given?.ToJsonString() is { } json && (json.Length > MaxSettingsLength || json.Contains("\\u0000", StringComparison.Ordinal)))
        {
            return new Refusal.Invalid("settings", $"Settings have at most {MaxSettingsLength} characters.");
        }

        if (kind != ChannelKind.Widget || given is null)
        {
            return given;
        }

        return WidgetSettings.Read(given).Succeeded(out var settings, out var refusal) ? settings.ToJson() : refusal;
    }

    private static string Cut(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength];
}

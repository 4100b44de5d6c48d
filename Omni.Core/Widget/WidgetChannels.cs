using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Widget;

/// <summary>What administrators do with a website chat beyond what every channel has.</summary>
public sealed class WidgetChannels(IOmniDbFactory dbs, ISecrets secrets, TimeProvider clock)
{
    /// <summary>Makes a new identity secret. The former one stops working at once, and this one is shown here only.</summary>
    public async Task<Result<string>> NewSecretAsync(Actor actor, Guid channelId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.LockAsync<Channel>(channelId, ct) is not { DeletedAt: null, Kind: ChannelKind.Widget } channel)
        {
            return new Refusal.NotFound("The website chat");
        }

        var secret = WidgetKeys.NewSecret();
        var values = new Dictionary<string, string>(await secrets.OpenAsync(actor.OrganizationId, channelId, channel.Credentials, ct), StringComparer.Ordinal)
        {
            [CredentialNames.IdentitySecret] = secret,
        };
        channel.Credentials = await secrets.SealAsync(actor.OrganizationId, channelId, values, ct);
        channel.CredentialHints = SealedCredentials.Hints([KeyValuePair.Create(CredentialNames.IdentitySecret, secret)]);
        channel.Announce(db, clock.GetUtcNow()); // whoever keeps the secret reads it again
        db.Record(actor, "channel.identitySecretChanged", $"channel:{channelId}", clock.GetUtcNow());
        await db.CommitAsync(ct);
        return secret;
    }
}

using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Channels;

/// <inheritdoc cref="IChannelTokens"/>
public sealed partial class ChannelTokens(IOmniDbFactory dbs, IChannelAdapters adapters, ISecrets secrets, IAdvisoryLocks locks, TimeProvider clock, ILogger<ChannelTokens> log) : IChannelTokens
{
    /// <inheritdoc/>
    public async Task<int> RenewAsync(CancellationToken ct)
    {
        var kinds = adapters.Kinds.Where(k => adapters.Find(k) is ITokenRenewal).ToList();
        var renewed = 0;
        foreach (var organizationId in await OrganizationsAsync(ct))
        {
            foreach (var id in await DueAsync(organizationId, kinds, ct))
            {
                try
                {
                    renewed += await RenewAsync(organizationId, id, null, ct) == TokenRenewal.Renewed ? 1 : 0;
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // One channel's trouble must not keep the others from it.
                    NotRenewed(failure, id);
                }
            }
        }

        return renewed;
    }

    private async Task<List<Guid>> OrganizationsAsync(CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Organizations.OrderBy(o => o.Id).Select(o => o.Id).ToListAsync(ct);
    }

    private async Task<List<Guid>> DueAsync(Guid organizationId, List<ChannelKind> kinds, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(organizationId, ct);
        var channels = await db.Channels.AsNoTracking().Where(c => c.DeletedAt == null && !c.Sandbox && c.Status != ChannelStatus.Disabled && kinds.Contains(c.Kind)).OrderBy(c => c.Id).ToListAsync(ct);
        return channels.Where(IsDue).Select(c => c.Id).ToList();
    }

    // A token whose end nobody told is exchanged to learn it.
    private bool IsDue(Channel channel) => channel.Credentials.Length > 0 && adapters.Find(channel.Kind) is ITokenRenewal renewal
        && (channel.TokenExpiresAt is null || channel.TokenExpiresAt - renewal.RenewBefore <= clock.GetUtcNow());

    /// <inheritdoc/>
    public async Task<TokenRenewal> RenewAsync(Guid organizationId, Guid channelId, string? refused, CancellationToken ct)
    {
        // Held while the platform is asked: it may take the former token out of service with the answer.
        await using var turn = await dbs.OpenAsync(organizationId, ct);
        await locks.HoldAsync(turn, $"token:{channelId}", ct);
        var channel = await turn.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == channelId && c.DeletedAt == null, ct);
        if (channel is null or { Credentials.Length: 0 } or { Sandbox: true } || adapters.Find(channel.Kind) is not ITokenRenewal renewal || (refused is null && !IsDue(channel)))
        {
            return TokenRenewal.Kept; // another node was quicker
        }

        var values = new Dictionary<string, string>(await secrets.OpenAsync(organizationId, channelId, channel.Credentials, ct), StringComparer.Ordinal);
        if (refused is not null && values.GetValueOrDefault(CredentialNames.AccessToken) != refused)
        {
            return TokenRenewal.Newer;
        }

        if (refused is not null && !values.ContainsKey(CredentialNames.RefreshToken))
        {
            return TokenRenewal.Kept;
        }

        var answer = await renewal.RenewAsync(new ChannelAccess(channel.ExternalAccountId, values), ct);
        if (!answer.Succeeded(out var renewed, out var refusal))
        {
            if (refusal is not Refusal.Conflict)
            {
                // The probe says when the token no longer counts; until then there are more tries.
                Refused(channelId, refusal.Message);
            }

            return refusal switch
            {
                Refusal.Invalid => TokenRenewal.Refused,
                Refusal.Conflict => TokenRenewal.Kept,
                _ => TokenRenewal.Unanswered,
            };
        }

        foreach (var (name, value) in renewed.Credentials)
        {
            values[name] = value;
        }

        // The platform has exchanged it: this is written even while the program stops.
        var sealedValues = await secrets.SealAsync(organizationId, channelId, values, CancellationToken.None);
        await using var db = await dbs.OpenAsync(organizationId, CancellationToken.None);
        if (await db.LockAsync<Channel>(channelId, CancellationToken.None) is not { DeletedAt: null } locked || !locked.Credentials.AsSpan().SequenceEqual(channel.Credentials))
        {
            return TokenRenewal.Newer; // somebody entered another one meanwhile
        }

        var form = CredentialForm.Of(channel.Kind)!;
        locked.Credentials = sealedValues;
        locked.CredentialHints = SealedCredentials.Hints(form.Fields.Where(f => f.Secret && values.ContainsKey(f.Name)).Select(f => KeyValuePair.Create(f.Name, values[f.Name])));
        locked.TokenExpiresAt = renewed.ExpiresAt;
        db.AuditLog.Add(ChannelAudit.Entry(Actor.System(organizationId), "channel.tokenRenewed", channelId, clock.GetUtcNow(), new JsonObject { ["expiresAt"] = renewed.ExpiresAt }));
        if (locked.Status == ChannelStatus.NeedsReauth)
        {
            locked.Judge(ChannelStatus.Connected, null, db, clock.GetUtcNow()); // whoever exchanges the token still grants it
        }
        else
        {
            locked.Announce(db, clock.GetUtcNow());
        }

        await db.CommitAsync(CancellationToken.None);
        return TokenRenewal.Renewed;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The token of channel {ChannelId} could not be exchanged.")]
    private partial void NotRenewed(Exception failure, Guid channelId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The token of channel {ChannelId} was not exchanged: {Reason}")]
    private partial void Refused(Guid channelId, string reason);
}

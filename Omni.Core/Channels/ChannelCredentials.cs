using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Core.Channels;

/// <summary>Keeps opened secrets for a short while, so that a busy channel does not cost a read and a decryption for every message.</summary>
public sealed class ChannelCredentials(IOmniDbFactory dbs, ISecrets secrets, IChannelTokens tokens, IEventBus bus, TimeProvider clock) : IChannelCredentials, IDisposable
{
    /// <summary>How long a change made on another node may go unseen when its announcement is lost.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    /// <summary>A token that was exchanged because the platform refused the one before, and is refused as well within this time, means that the account itself is refused.</summary>
    private static readonly TimeSpan RefusedAgain = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, Kept> _kept = new();
    private readonly ConcurrentDictionary<Guid, long> _exchanged = new();
    private readonly ConcurrentDictionary<Guid, Lazy<IDisposable>> _watched = new();
    private long _changes;

    /// <inheritdoc/>
    public async Task<ChannelAccess?> OpenAsync(Guid organizationId, Guid channelId, CancellationToken ct)
    {
        // Ids are unique over the installation, but a wrong pair must not find another organization's channel.
        if (_kept.TryGetValue(channelId, out var kept) && kept.OrganizationId == organizationId && clock.GetUtcNow() - kept.At < MaxAge)
        {
            return kept.Access;
        }

        // Listening begins before the read, so that no change falls between.
        _ = _watched.GetOrAdd(organizationId, id => new(() => bus.Subscribe(id, ChangeEvent.Organization, ForgetAsync))).Value;
        var (at, changes) = (clock.GetUtcNow(), Volatile.Read(ref _changes));
        var access = await ReadAsync(organizationId, channelId, ct);
        if (access is null)
        {
            _kept.TryRemove(channelId, out _);
        }
        else if (changes == Volatile.Read(ref _changes))
        {
            // Otherwise something changed while it was read, and this may be the old value.
            _kept[channelId] = new Kept(organizationId, access, at);
        }

        return access;
    }

    /// <inheritdoc/>
    public async Task<bool> RefusedAsync(Guid organizationId, Guid channelId, ChannelAccess used, string reason, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(used);
        _kept.TryRemove(channelId, out _);
        var isAgain = _exchanged.TryGetValue(channelId, out var last) && clock.GetElapsedTime(last) < RefusedAgain;
        if (!isAgain && used.Credentials.TryGetValue(CredentialNames.AccessToken, out var refused))
        {
            switch (await tokens.RenewAsync(organizationId, channelId, refused, ct))
            {
                case TokenRenewal.Renewed:
                    _exchanged[channelId] = clock.GetTimestamp();
                    _kept.TryRemove(channelId, out _);
                    return false;
                case TokenRenewal.Newer or TokenRenewal.Unanswered:
                    return false;
                default:
                    break; // nothing to exchange, or the platform wants a person
            }
        }

        await using var db = await dbs.OpenAsync(organizationId, ct);
        var channel = await db.LockAsync<Channel>(channelId, ct);
        if (channel is null or { DeletedAt: not null } or { Status: ChannelStatus.Disabled } or { Credentials.Length: 0 })
        {
            return true;
        }

        var now = await secrets.OpenAsync(organizationId, channelId, channel.Credentials, ct);
        if (!now.TryGetValue(CredentialNames.AccessToken, out var token) || token != used.Credentials.GetValueOrDefault(CredentialNames.AccessToken))
        {
            return false;
        }

        if (channel.Status != ChannelStatus.NeedsReauth || channel.Reason != reason)
        {
            channel.Judge(ChannelStatus.NeedsReauth, reason, db, clock.GetUtcNow());
            db.AuditLog.Add(ChannelAudit.Entry(Actor.System(organizationId), "channel.needsReauth", channelId, clock.GetUtcNow()));
        }

        await db.CommitAsync(ct);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var watch in _watched.Values.Where(w => w.IsValueCreated))
        {
            watch.Value.Dispose();
        }
    }

    private async Task<ChannelAccess?> ReadAsync(Guid organizationId, Guid channelId, CancellationToken ct)
    {
        var channel = await FindAsync(organizationId, channelId, ct);
        return channel is null or { Credentials.Length: 0 }
            ? null
            : new ChannelAccess(channel.ExternalAccountId, await secrets.OpenAsync(organizationId, channelId, channel.Credentials, ct), channel.Sandbox);
    }

    private async Task<Channel?> FindAsync(Guid organizationId, Guid channelId, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(organizationId, ct);
        return await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == channelId && c.DeletedAt == null, ct);
    }

    private ValueTask ForgetAsync(ChangeEvent change)
    {
        if (change.Name == EventNames.ChannelStatus && Guid.TryParse(change.Data["channelId"]?.ToString(), out var id))
        {
            Interlocked.Increment(ref _changes);
            _kept.TryRemove(id, out _);
        }

        return ValueTask.CompletedTask;
    }

    private sealed record Kept(Guid OrganizationId, ChannelAccess Access, DateTimeOffset At);
}

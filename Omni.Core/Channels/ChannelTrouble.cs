using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>Says that a channel works in part while its platform cannot be asked, and takes it back. Other trouble of the channel is left alone.</summary>
public sealed class ChannelTrouble(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>What cannot be fetched is said with these words, by which it is known again.</summary>
    private const string Words = "New messages cannot be fetched";

    /// <summary>The platform has not answered for a while.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="error">Why, in plain words.</param>
    /// <param name="ct">Stops.</param>
    public Task BeginsAsync(Guid organizationId, Guid channelId, string error, CancellationToken ct) =>
        JudgeAsync(organizationId, channelId, c => c.Status == ChannelStatus.Connected, ChannelStatus.Degraded, $"{Words}: {error} Omni goes on trying, and nothing is lost.", ct);

    /// <summary>It answers again.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="ct">Stops.</param>
    public Task OverAsync(Guid organizationId, Guid channelId, CancellationToken ct) =>
        JudgeAsync(organizationId, channelId, c => c is { Status: ChannelStatus.Degraded, Reason: { } reason } && reason.StartsWith(Words, StringComparison.Ordinal), ChannelStatus.Connected, null, ct);

    private async Task JudgeAsync(Guid organizationId, Guid channelId, Func<Channel, bool> fits, ChannelStatus status, string? reason, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(organizationId, ct);
        if (await db.LockAsync<Channel>(channelId, ct) is { DeletedAt: null } channel && fits(channel))
        {
            channel.Judge(status, reason, db, clock.GetUtcNow());
            await db.CommitAsync(ct);
        }
    }
}

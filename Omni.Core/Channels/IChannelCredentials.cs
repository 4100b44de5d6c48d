namespace Omni.Core.Channels;

/// <summary>Opens the sealed secrets of channels for those who call the platform: sender, media, signals, probes.</summary>
public interface IChannelCredentials
{
    /// <summary>The channel's secrets, at most <see cref="ChannelCredentials.MaxAge"/> old; a change announced on the event bus is seen at once.</summary>
    /// <returns>Null when the channel does not exist, was disconnected or holds no secrets.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The secrets cannot be opened: the master key is another one.</exception>
    Task<ChannelAccess?> OpenAsync(Guid organizationId, Guid channelId, CancellationToken ct);

    /// <summary>
    /// Records that the platform refused the channel's credentials: the channel needs a new token, its outbox waits, the owner is told.
    /// Does nothing when <paramref name="used"/> is not what the channel holds now: then a new token is already there and the call can be repeated.
    /// </summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="used">What the refused call was made with.</param>
    /// <param name="reason">Why, in plain words for the owner.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>True when the channel now waits for a new token; false when the call can be repeated with newer credentials.</returns>
    Task<bool> RefusedAsync(Guid organizationId, Guid channelId, ChannelAccess used, string reason, CancellationToken ct);
}

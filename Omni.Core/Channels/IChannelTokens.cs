namespace Omni.Core.Channels;

/// <summary>Exchanges tokens that end before they do; called by the clock.</summary>
public interface IChannelTokens
{
    /// <summary>Exchanges every token that is due. One exchange at a time per channel, over all nodes; what is new is stored before it is used.</summary>
    /// <returns>How many were exchanged.</returns>
    Task<int> RenewAsync(CancellationToken ct);

    /// <summary>Exchanges a channel's token at once because the platform refused it. At most once in a while: a channel whose new token is refused as well needs a person.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="refused">The access token that was refused.</param>
    /// <param name="ct">Stops waiting; an exchange that has begun is still stored.</param>
    /// <returns>True when the channel has another token now.</returns>
    Task<bool> RenewAsync(Guid organizationId, Guid channelId, string refused, CancellationToken ct);
}

namespace Omni.Core.Channels;

/// <summary>Exchanges tokens that end before they do.</summary>
public interface IChannelTokens
{
    /// <summary>Exchanges every token that is due; called by the clock. One exchange at a time per channel, over all nodes; what is new is stored before it is used.</summary>
    /// <returns>How many were exchanged.</returns>
    Task<int> RenewAsync(CancellationToken ct);

    /// <summary>Exchanges one channel's token, if it is due or the platform refused it.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="refused">The token that the platform no longer accepts; null when none was refused. It can be replaced only where the channel holds one to renew by.</param>
    /// <param name="ct">Stops waiting.</param>
    Task<TokenRenewal> RenewAsync(Guid organizationId, Guid channelId, string? refused, CancellationToken ct);
}

/// <summary>What became of a token.</summary>
public enum TokenRenewal
{
    /// <summary>It was neither due nor refused, or cannot be exchanged.</summary>
    Kept,

    /// <summary>There is a new one.</summary>
    Renewed,

    /// <summary>Somebody else put a newer one there meanwhile.</summary>
    Newer,

    /// <summary>The platform wants a person to connect the account again.</summary>
    Refused,

    /// <summary>The platform could not be asked; it may be tried again.</summary>
    Unanswered,
}

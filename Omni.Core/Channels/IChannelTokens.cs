namespace Omni.Core.Channels;

/// <summary>Exchanges tokens that end before they do; called by the clock.</summary>
public interface IChannelTokens
{
    /// <summary>Exchanges every token that is due. One exchange at a time per channel, over all nodes; what is new is stored before it is used.</summary>
    /// <returns>How many were exchanged.</returns>
    Task<int> RenewAsync(CancellationToken ct);
}

namespace Omni.Core.Channels;

/// <summary>Asks that a channel is looked at soon. Does nothing for channels whose platform posts.</summary>
public interface IChannelPolls
{
    /// <summary>Lets the next look come early.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="echoes">True when a message of ours waits to be named by the platform.</param>
    /// <param name="ct">Stops.</param>
    Task HurryAsync(Guid organizationId, Guid channelId, bool echoes, CancellationToken ct);
}

namespace Omni.Core.Channels;

/// <summary>What is going on at a channel. Counts stop at <see cref="MostCounted"/>.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Queued">Messages that wait to be sent.</param>
/// <param name="Failed">Messages that failed in the last 24 hours.</param>
/// <param name="InboundWaiting">Deliveries that wait to be applied.</param>
/// <param name="InboundFailed">Deliveries that could not be applied: failing or in quarantine.</param>
/// <param name="OpenConversations">Conversations that are neither resolved nor spam.</param>
public sealed record ChannelFigures(Guid ChannelId, int Queued, int Failed, int InboundWaiting, int InboundFailed, int OpenConversations)
{
    /// <summary>What came in, hour by hour.</summary>
    public ChannelTraffic Traffic { get; init; } = ChannelTraffic.None;

    /// <summary>Counting ends here: the page says "999+".</summary>
    public const int MostCounted = 1000;

    /// <summary>Nothing is going on.</summary>
    public static ChannelFigures None(Guid channelId) => new(channelId, 0, 0, 0, 0, 0);
}

/// <summary>Counts what is going on at channels.</summary>
public interface IChannelFigures
{
    /// <summary>Figures of one channel or of all of the organization, in one round trip.</summary>
    Task<IReadOnlyDictionary<Guid, ChannelFigures>> ReadAsync(Guid organizationId, Guid? channelId, CancellationToken ct);
}

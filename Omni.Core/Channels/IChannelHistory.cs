using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>An adapter whose platform lists messages of the past.</summary>
public interface IChannelHistory
{
    /// <summary>How often the lists are looked through although nothing says that something is missing; null when never. For platforms whose deliveries get lost for good while nobody takes them.</summary>
    TimeSpan? LooksEvery => null;

    /// <summary>Reads the messages since a moment, as deliveries in the platform's own form: they go the same way as those that are posted, and what is there already changes nothing.</summary>
    /// <param name="access">The channel.</param>
    /// <param name="since">Only messages from then on (UTC).</param>
    /// <param name="ct">Stops.</param>
    Task<Result<IReadOnlyList<byte[]>>> HistoryAsync(ChannelAccess access, DateTimeOffset since, CancellationToken ct);
}

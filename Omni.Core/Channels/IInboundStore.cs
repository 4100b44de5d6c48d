namespace Omni.Core.Channels;

/// <summary>Keeps accepted deliveries. Several that come together share one commit.</summary>
public interface IInboundStore
{
    /// <summary>Stores a delivery with its slices and returns once they are committed.</summary>
    /// <exception cref="InboundStoreUnavailableException">Nothing can be stored now; the platform must try again.</exception>
    Task AppendAsync(WebhookDeliveryRow delivery, IReadOnlyList<InboundQueueItem> items, CancellationToken ct);
}

/// <summary>The database is away, the disk is full, or too much waits to be stored.</summary>
public sealed class InboundStoreUnavailableException : Exception
{
    /// <summary>Without words.</summary>
    public InboundStoreUnavailableException()
    {
    }

    /// <summary>With words for the log.</summary>
    public InboundStoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With words and cause.</summary>
    public InboundStoreUnavailableException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>Where deliveries of an account go.</summary>
public interface IRouteLookup
{
    /// <summary>The channel that proved the account, at most 5 s old; null when nobody did.</summary>
    /// <param name="kind">The platform.</param>
    /// <param name="accountId">The platform's id of the account.</param>
    /// <param name="app">Empty for the installation's app, otherwise the hash of the channel's own app secret.</param>
    /// <param name="ct">Stops waiting.</param>
    ValueTask<ChannelRoute?> FindAsync(ChannelKind kind, string accountId, string app, CancellationToken ct);
}

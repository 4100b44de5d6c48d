using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>What platforms delivered, slice by slice: the part of a delivery that belongs to one account.</summary>
public interface IWebhookLog
{
    /// <summary>Slices, newest first.</summary>
    /// <param name="scope">Whose slices.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="before">Only those with a smaller number; null for the newest.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="ct">Stops waiting.</param>
    Task<IReadOnlyList<WebhookEvent>> ListAsync(WebhookScope scope, WebhookFilter filter, long? before, int limit, CancellationToken ct);

    /// <summary>One slice with its bytes; null when it is not there or not in the scope.</summary>
    Task<WebhookSlice?> FindAsync(WebhookScope scope, long id, CancellationToken ct);

    /// <summary>Puts slices back into the queue, each once, oldest first, in small transactions. Applying one again changes nothing that was applied before.</summary>
    /// <param name="scope">Whose slices.</param>
    /// <param name="filter">Which of them; those that wait already are left alone.</param>
    /// <param name="id">Only this slice; null for all of the filter.</param>
    /// <param name="replayId">Name of this replay, to ask for its progress.</param>
    /// <param name="ct">Stops between two transactions.</param>
    /// <returns>How many were put back.</returns>
    Task<int> ReplayAsync(WebhookScope scope, WebhookFilter filter, long? id, Guid replayId, CancellationToken ct);

    /// <summary>How far a replay is, by the present states of its slices; nothing for one that is not there or not in the scope.</summary>
    Task<IReadOnlyDictionary<InboundState, int>> ProgressAsync(WebhookScope scope, Guid replayId, CancellationToken ct);
}

/// <summary>A replay: what was put back, and what became of it so far.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Total">How many slices it put back.</param>
/// <param name="Waiting">Those that still wait for their turn.</param>
/// <param name="Applied">Those that are applied.</param>
/// <param name="Failing">Those whose try failed and that are tried again by themselves.</param>
/// <param name="Quarantined">Those that went to quarantine again.</param>
public sealed record WebhookReplay(Guid Id, int Total, int Waiting, int Applied, int Failing, int Quarantined);

/// <summary>Whose slices.</summary>
/// <param name="OrganizationId">Those of this organization; null for none.</param>
/// <param name="WithNobodys">Also those that belong to nobody: unrouted, or not readable at all. For administrators of the installation.</param>
public readonly record struct WebhookScope(Guid? OrganizationId, bool WithNobodys);

/// <summary>Which slices.</summary>
/// <param name="State">Only those in this state; null for all.</param>
/// <param name="ChannelId">Only those of this channel; null for all.</param>
public sealed record WebhookFilter(InboundState? State = null, Guid? ChannelId = null);

/// <summary>One slice of a delivery.</summary>
/// <param name="Id">Its number; rises with arrival.</param>
/// <param name="DeliveryId">The delivery it came with.</param>
/// <param name="Kind">The platform.</param>
/// <param name="ChannelId">The channel; null while it belongs to nobody.</param>
/// <param name="AccountId">The platform's id of the account; empty when the body could not be read.</param>
/// <param name="State">How far it is.</param>
/// <param name="Attempts">How many tries were made.</param>
/// <param name="Error">Why the last try failed.</param>
/// <param name="NextAt">Not tried before (UTC).</param>
/// <param name="ReceivedAt">When it came (UTC).</param>
/// <param name="ProcessedAt">When it was applied (UTC).</param>
/// <param name="Size">Bytes of the slice; null when it is the whole body.</param>
/// <param name="Items">The items that are left to apply, by their place in reading order; null for all.</param>
public sealed record WebhookEvent(
    long Id, Guid DeliveryId, ChannelKind Kind, Guid? ChannelId, string AccountId, InboundState State, int Attempts, string? Error,
    DateTimeOffset NextAt, DateTimeOffset ReceivedAt, DateTimeOffset? ProcessedAt, int? Size, IReadOnlyList<int>? Items = null);

/// <summary>A slice with its bytes.</summary>
/// <param name="Event">The slice.</param>
/// <param name="Body">Its bytes; those of the whole delivery when that holds nothing else.</param>
/// <param name="Headers">Kept request headers.</param>
public sealed record WebhookSlice(WebhookEvent Event, ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>A slice as it is looked at.</summary>
/// <param name="Event">The slice.</param>
/// <param name="Body">Its text, indented when it is JSON, at most <see cref="MostShown"/> characters.</param>
/// <param name="Truncated">True when the text is longer.</param>
/// <param name="Headers">Kept request headers.</param>
/// <param name="Items">What the platform's adapter reads in it.</param>
/// <param name="Problem">Why it cannot be read at all; null when it can.</param>
public sealed record WebhookDetail(
    WebhookEvent Event, string Body, bool Truncated, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<WebhookItem> Items, string? Problem)
{
    /// <summary>Characters shown of a body at most.</summary>
    public const int MostShown = 200_000;

    /// <summary>Items shown at most.</summary>
    public const int MostItems = 500;
}

/// <summary>One item of a slice.</summary>
/// <param name="Kind">What it is; null when it could not be read.</param>
/// <param name="Type">Message type or sub-type.</param>
/// <param name="ExternalId">The platform's id.</param>
/// <param name="At">When the platform says it happened (UTC).</param>
/// <param name="Problem">Why it could not be read.</param>
/// <param name="Left">True when it is not applied yet although others of its slice are.</param>
/// <param name="Raw">The item as it came, indented; null for readable ones.</param>
public sealed record WebhookItem(InboundKind? Kind, string? Type, string? ExternalId, DateTimeOffset? At, string? Problem, bool Left, string? Raw);

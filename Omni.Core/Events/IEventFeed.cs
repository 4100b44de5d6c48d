namespace Omni.Core.Events;

/// <summary>The stored events of an organization in the order in which they became visible, for readers that must not miss one: streams, outgoing webhooks, automation.</summary>
public interface IEventFeed
{
    /// <summary>The place after everything that can be read now.</summary>
    Task<string> GetEndAsync(CancellationToken ct);

    /// <summary>Reads what follows a place. Never skips an event that commits late: events of a transaction come together, once no older transaction is running.</summary>
    /// <param name="organizationId">The organization whose events are read.</param>
    /// <param name="cursor">A place from <see cref="FeedPage.Cursor"/>, <see cref="FeedEvent.Cursor"/> or <see cref="GetEndAsync"/>; opaque.</param>
    /// <param name="limit">At most so many events, 1–1000.</param>
    /// <param name="ct">Stops waiting.</param>
    Task<FeedPage> ReadAsync(Guid organizationId, string cursor, int limit, CancellationToken ct);
}

/// <summary>A part of the feed.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Cursor">Where to go on; also moves when there were no events, so keep it.</param>
/// <param name="Reset">True when the given cursor is older than the feed (7 days), from another database, or unreadable: events were missed, everything must be read again, and <paramref name="Cursor"/> is the feed's end.</param>
public sealed record FeedPage(IReadOnlyList<FeedEvent> Events, string Cursor, bool Reset);

/// <summary>An event with its place.</summary>
/// <param name="Event">The event.</param>
/// <param name="Cursor">The place right after it.</param>
public sealed record FeedEvent(ChangeEvent Event, string Cursor);

using Omni.Core.Events;

namespace Omni.Infrastructure.Events;

/// <summary>The newest events of one organization, between two places of the feed without a gap.</summary>
internal sealed class FeedTail(IEventFeed feed, Guid organizationId, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<(FeedCursor Place, FeedEvent Event)> _events = [];

    private FeedCursor? _start; // null: nothing is known
    private string _end = "";
    private long _read = clock.GetTimestamp();
    private Task? _running;
    private Task? _queued;

    /// <summary>Whether nobody has asked for so long that it is not kept.</summary>
    internal bool IsIdle => clock.GetElapsedTime(Interlocked.Read(ref _read)) > SharedEventFeed.Idle;

    /// <summary>Reads up to the feed's end, with everybody else who asks meanwhile.</summary>
    /// <param name="ct">Stops waiting; the reading goes on for the others.</param>
    internal Task RefreshAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false } running)
            {
                // One that runs may have begun before the event that is looked for: the next one is for all who come now.
                return (_queued ??= QueuedAsync(running)).WaitAsync(ct);
            }

            return (_running = ReadAsync()).WaitAsync(ct);
        }
    }

    /// <summary>What follows a place; null when it is not between the tail's ends.</summary>
    internal FeedPage? Find(FeedCursor after, int limit)
    {
        lock (_gate)
        {
            if (_start is null || Compare(after, _start) < 0 || !FeedCursor.TryParse(_end, out var end) || Compare(after, end) > 0)
            {
                return null;
            }

            var first = _events.Count;
            while (first > 0 && Compare(_events[first - 1].Place, after) > 0)
            {
                first--;
            }

            var found = _events.Skip(first).Take(limit).Select(e => e.Event).ToList();
            return new FeedPage(found, found.Count == limit ? found[^1].Cursor : _end, Reset: false);
        }
    }

    private async Task QueuedAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task reading;
        lock (_gate)
        {
            (_queued, reading) = (null, _running = ReadAsync());
        }

        await reading;
    }

    private async Task ReadAsync()
    {
        var isForgotten = IsIdle;
        Interlocked.Exchange(ref _read, clock.GetTimestamp());
        if (_start is null || isForgotten)
        {
            Begin(await feed.GetEndAsync(CancellationToken.None));
        }

        var end = _end;
        FeedPage page;
        do
        {
            page = await feed.ReadAsync(organizationId, end, SharedEventFeed.Kept, CancellationToken.None);
            end = page.Cursor;
            Add(page);
        }
        while (page.Events.Count == SharedEventFeed.Kept);
    }

    private void Begin(string end)
    {
        lock (_gate)
        {
            _events.Clear();
            _end = end;
            _start = FeedCursor.TryParse(end, out var place) ? place : null;
        }
    }

    private void Add(FeedPage page)
    {
        lock (_gate)
        {
            if (page.Reset)
            {
                _events.Clear();
                _start = null;
                return;
            }

            foreach (var item in page.Events)
            {
                if (FeedCursor.TryParse(item.Cursor, out var place))
                {
                    _events.Add((place, item));
                }
            }

            _end = page.Cursor;
            if (_events.Count > SharedEventFeed.Kept)
            {
                var over = _events.Count - SharedEventFeed.Kept;
                _start = _events[over - 1].Place;
                _events.RemoveRange(0, over);
            }
        }
    }

    // Ids are ordered as the database orders them: field by field, which is byte by byte as written.
    private static int Compare(FeedCursor a, FeedCursor b) => (a.Xid, a.Id).CompareTo((b.Xid, b.Id));
}

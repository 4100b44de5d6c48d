using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>The list of one view in one circuit: what is shown, and what has changed but waits because the reader's pointer or focus is in the list. Changes are judged in memory; nothing is read for an event.</summary>
/// <param name="query">What is listed.</param>
/// <param name="clock">For views that depend on time.</param>
public sealed class ConversationFeed(ConversationQuery query, TimeProvider clock)
{
    private static readonly TimeSpan Closing = TimeSpan.FromHours(4);

    private readonly Dictionary<Guid, ConversationRow> _waiting = [];
    private readonly Dictionary<Guid, int> _readMarks = []; // of conversations that are not shown
    private List<ConversationItem> _items = [];

    /// <summary>What is listed.</summary>
    public ConversationQuery Query => query;

    /// <summary>What is shown, in order.</summary>
    public IReadOnlyList<ConversationItem> Items => _items;

    /// <summary>Rises whenever <see cref="Items"/> may have changed.</summary>
    public int Revision { get; private set; }

    /// <summary>Where the next page begins; null at the end.</summary>
    public string? NextCursor { get; private set; }

    /// <summary>True while the order must not change under the reader's hands.</summary>
    public bool Held { get; private set; }

    /// <summary>How many conversations wait to be put in their place.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Shows a first page.</summary>
    public void Replace(IReadOnlyList<ConversationItem> items, string? nextCursor)
    {
        _waiting.Clear();
        _items = [.. items];
        NextCursor = nextCursor;
        Revision++;
    }

    /// <summary>True when a first page is what is shown already, so that nothing need be drawn.</summary>
    public bool Shows(IReadOnlyList<ConversationItem> items, string? nextCursor) => _waiting.Count == 0 && NextCursor == nextCursor && _items.SequenceEqual(items);

    /// <summary>Adds a further page.</summary>
    public void Append(IReadOnlyList<ConversationItem> items, string? nextCursor)
    {
        var known = _items.Select(i => i.Row.Id).ToHashSet();
        _items.AddRange(items.Where(i => !known.Contains(i.Row.Id)));
        NextCursor = nextCursor;
        Revision++;
    }

    /// <summary>Takes changed rows in.</summary>
    /// <returns>True when something on the screen is different now.</returns>
    public bool Apply(IReadOnlyList<ConversationRow> rows)
    {
        var changed = false;
        foreach (var row in rows)
        {
            changed |= Apply(row);
        }

        Revision += changed ? 1 : 0;
        return changed;
    }

    /// <summary>Puts everything in its place at once: the reader asked for it, or caused it.</summary>
    public void Settle()
    {
        foreach (var row in _waiting.Values.ToArray())
        {
            Place(row);
        }

        _waiting.Clear();
        Revision++;
    }

    /// <summary>Says whether the order must stay as it is. Letting go puts everything in its place.</summary>
    /// <returns>True when something on the screen is different now.</returns>
    public bool Hold(bool held)
    {
        Held = held;
        if (held || _waiting.Count == 0)
        {
            return false;
        }

        Settle();
        return true;
    }

    /// <summary>Takes a conversation out because of what the reader did.</summary>
    public void Remove(Guid id)
    {
        _waiting.Remove(id);
        if (Find(id) is { } gone)
        {
            _readMarks[id] = gone.LastReadSeq;
            _items.Remove(gone);
            Revision++;
        }
    }

    /// <summary>The reader has read a conversation up to a seq, or marked it unread again.</summary>
    /// <returns>True when something on the screen is different now.</returns>
    public bool Read(Guid id, int seq)
    {
        var at = _items.FindIndex(i => i.Row.Id == id);
        if (at < 0)
        {
            _readMarks[id] = seq;
        }

        if (at < 0 || _items[at].LastReadSeq == seq)
        {
            return false;
        }

        _items[at] = _items[at] with { LastReadSeq = seq };
        Revision++;
        return true;
    }

    /// <summary>The conversation, when it is shown.</summary>
    public ConversationItem? Find(Guid id) => _items.FirstOrDefault(i => i.Row.Id == id);

    /// <summary>Where to go after a conversation leaves: the one below it, or above when it was the last.</summary>
    public Guid? Next(Guid id)
    {
        var at = _items.FindIndex(i => i.Row.Id == id);
        return at < 0 ? _items.FirstOrDefault()?.Row.Id
            : at + 1 < _items.Count ? _items[at + 1].Row.Id
            : at > 0 ? _items[at - 1].Row.Id
            : null;
    }

    /// <summary>True when a row belongs in this list. Searches are not judged here: their hits only change in place.</summary>
    public bool Belongs(ConversationRow row, int lastRead)
    {
        ArgumentNullException.ThrowIfNull(row);
        var now = clock.GetUtcNow();
        return (query.Statuses.Count == 0 ? row.Status != ConversationStatus.Spam : query.Statuses.Contains(row.Status))
            && query.Assignee.Kind switch
            {
                AssigneeKind.Nobody => row.AssigneeId is null,
                AssigneeKind.Person => row.AssigneeId == query.Assignee.UserId,
                _ => true,
            }
            && (query.ChannelId is null || row.ChannelId == query.ChannelId)
            && (query.ContactId is null || row.ContactId == query.ContactId)
            && (query.LabelId is null || row.Labels.Any(l => l.Id == query.LabelId))
            && (!query.UnreadOnly || row.LastUnreadSeq > lastRead)
            && (!query.WaitingOnly || row.WaitingSince is not null)
            && (!query.WindowClosing || (row.WindowUntil is { } until && until > now && until <= now + Closing));
    }

    private bool Apply(ConversationRow row)
    {
        var at = _items.FindIndex(i => i.Row.Id == row.Id);
        if (at < 0)
        {
            if (query.Search is not null || !Belongs(row, MarkOf(row)) || !IsInLoadedPart(row))
            {
                return _waiting.Remove(row.Id);
            }

            return PlaceOrWait(row);
        }

        if (_items[at].Row.Version > row.Version)
        {
            return false; // an older state that overtook a newer one
        }

        var stays = query.Search is not null || Belongs(row, _items[at].LastReadSeq);
        var moves = query.Search is null && IsOutOfPlace(at, row);
        if (stays)
        {
            _items[at] = _items[at] with { Row = row };
        }

        if (!stays || moves)
        {
            PlaceOrWait(row);
        }

        return true;
    }

    /// <summary>True when the row would have to pass a neighbour; news that leaves the order as it is are drawn at once, also under the pointer.</summary>
    private bool IsOutOfPlace(int at, ConversationRow row) =>
        (at > 0 && Before(row, _items[at - 1].Row)) || (at + 1 < _items.Count && Before(_items[at + 1].Row, row));

    private bool PlaceOrWait(ConversationRow row)
    {
        if (Held)
        {
            _waiting[row.Id] = row;
            return true;
        }

        return Place(row);
    }

    private bool Place(ConversationRow row)
    {
        var at = _items.FindIndex(i => i.Row.Id == row.Id);
        var item = at < 0 ? new ConversationItem(row, MarkOf(row), null) : _items[at] with { Row = row };
        if (at >= 0)
        {
            _items.RemoveAt(at);
        }

        if (!Belongs(row, item.LastReadSeq))
        {
            _readMarks[row.Id] = item.LastReadSeq;
            return at >= 0;
        }

        var place = _items.FindIndex(i => Before(row, i.Row));
        _items.Insert(place < 0 ? _items.Count : place, item);
        return true;
    }

    // A row that joins the list without a known pointer counts as read when the team spoke last.
    private int MarkOf(ConversationRow row) =>
        _readMarks.TryGetValue(row.Id, out var mark) ? mark : row.LastMessageDirection == MessageDirection.In ? 0 : row.LastUnreadSeq;

    private bool IsInLoadedPart(ConversationRow row) =>
        NextCursor is null || _items.Count == 0 || Before(row, _items[^1].Row);

    private bool Before(ConversationRow row, ConversationRow other)
    {
        var order = row.LastActivityAt.CompareTo(other.LastActivityAt);
        order = order == 0 ? row.Id.CompareTo(other.Id) : order;
        return query.OldestFirst ? order < 0 : order > 0;
    }
}

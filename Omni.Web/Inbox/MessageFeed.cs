using Omni.Core.Common;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>The messages of one open conversation in one circuit, in order of (position, seq).</summary>
public sealed class MessageFeed
{
    private const int Most = 300;
    private const int Kept = 150;

    private List<MessageView> _ordered = [];

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyList<MessageView> Messages => _ordered;

    /// <summary>Where older ones begin; null when all are here.</summary>
    public string? OlderCursor { get; private set; }

    /// <summary>Starts anew with the newest page as the reader gives it (newest first).</summary>
    public void Replace(IReadOnlyList<MessageView> newest, string? olderCursor)
    {
        _ordered = [];
        AddOlder(newest, olderCursor);
    }

    /// <summary>Adds a page of older messages.</summary>
    public void AddOlder(IReadOnlyList<MessageView> older, string? olderCursor)
    {
        var ids = older.Select(m => m.Id).ToHashSet();
        _ordered = InOrder(_ordered.Where(m => !ids.Contains(m.Id)).Concat(older));
        OlderCursor = olderCursor;
    }

    /// <summary>Takes new and changed messages in.</summary>
    /// <returns>Those that were not here before, oldest first.</returns>
    public IReadOnlyList<MessageView> Apply(IReadOnlyList<MessageView> messages)
    {
        var oldest = _ordered.Count > 0 && OlderCursor is not null ? _ordered[0] : null;
        var fresh = new List<MessageView>();
        foreach (var message in messages)
        {
            var at = _ordered.FindIndex(m => m.Id == message.Id);
            if (at >= 0)
            {
                _ordered[at] = message;
            }
            else if (oldest is null || (message.Position, message.Seq).CompareTo((oldest.Position, oldest.Seq)) >= 0)
            {
                fresh.Add(message);
                _ordered.Add(message);
            }

            // An old message that changed and is not loaded will come with its page.
        }

        _ordered = InOrder(_ordered);
        return InOrder(fresh);
    }

    /// <summary>True when all of these are shown already, just as they are.</summary>
    public bool Shows(IReadOnlyList<MessageView> messages) => messages.All(m => _ordered.Exists(shown => ReferenceEquals(shown, m)));

    /// <summary>Lets the oldest go when there are very many: who stands at the end finds them again by going back.</summary>
    public void Trim()
    {
        if (_ordered.Count <= Most)
        {
            return;
        }

        _ordered = _ordered[^Kept..];
        OlderCursor = Cursor.Write(_ordered[0].Position, _ordered[0].Seq);
    }

    private static List<MessageView> InOrder(IEnumerable<MessageView> messages) => [.. messages.OrderBy(m => m.Position).ThenBy(m => m.Seq)];
}

using Omni.Core.Common;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>The messages of one open conversation in one circuit, in order of (position, seq).</summary>
public sealed class MessageFeed
{
    private const int Most = 300;
    private const int Kept = 150;

    private readonly Dictionary<Guid, MessageView> _byId = [];
    private List<MessageView> _ordered = [];

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyList<MessageView> Messages => _ordered;

    /// <summary>Where older ones begin; null when all are here.</summary>
    public string? OlderCursor { get; private set; }

    /// <summary>Starts anew with the newest page as the reader gives it (newest first).</summary>
    public void Replace(IReadOnlyList<MessageView> newest, string? olderCursor)
    {
        _byId.Clear();
        AddOlder(newest, olderCursor);
    }

    /// <summary>Adds a page of older messages.</summary>
    public void AddOlder(IReadOnlyList<MessageView> older, string? olderCursor)
    {
        foreach (var message in older)
        {
            _byId[message.Id] = message;
        }

        OlderCursor = olderCursor;
        Sort();
    }

    /// <summary>Takes new and changed messages in.</summary>
    /// <returns>Those that were not here before, oldest first.</returns>
    public IReadOnlyList<MessageView> Apply(IReadOnlyList<MessageView> messages)
    {
        var oldest = _ordered.Count > 0 && OlderCursor is not null ? _ordered[0] : null;
        var fresh = new List<MessageView>();
        foreach (var message in messages)
        {
            var known = _byId.ContainsKey(message.Id);
            // An old message that changed and is not loaded will come with its page.
            if (!known && oldest is not null && (message.Position, message.Seq).CompareTo((oldest.Position, oldest.Seq)) < 0)
            {
                continue;
            }

            if (!known)
            {
                fresh.Add(message);
            }

            _byId[message.Id] = message;
        }

        Sort();
        return [.. fresh.OrderBy(m => m.Position).ThenBy(m => m.Seq)];
    }

    /// <summary>Lets the oldest go when there are very many: who stands at the end finds them again by going back.</summary>
    public void Trim()
    {
        if (_ordered.Count <= Most)
        {
            return;
        }

        foreach (var gone in _ordered[..^Kept])
        {
            _byId.Remove(gone.Id);
        }

        Sort();
        OlderCursor = Cursor.Write(_ordered[0].Position, _ordered[0].Seq);
    }

    private void Sort() => _ordered = [.. _byId.Values.OrderBy(m => m.Position).ThenBy(m => m.Seq)];
}

using System.Collections.Concurrent;

namespace Omni.Web.Events;

/// <summary>How many event streams a session has open on this node.</summary>
internal sealed class StreamPlaces
{
    /// <summary>Streams one session may have at once: browser tabs share a session.</summary>
    internal const int Most = 20;

    private readonly ConcurrentDictionary<Guid, int> _open = new();

    /// <summary>Takes a place; false when all are taken.</summary>
    internal bool TryEnter(Guid sessionId)
    {
        if (_open.AddOrUpdate(sessionId, 1, (_, count) => count + 1) <= Most)
        {
            return true;
        }

        Leave(sessionId);
        return false;
    }

    /// <summary>Gives the place back.</summary>
    internal void Leave(Guid sessionId)
    {
        if (_open.AddOrUpdate(sessionId, 0, (_, count) => count - 1) <= 0)
        {
            _open.TryRemove(KeyValuePair.Create(sessionId, 0));
        }
    }
}

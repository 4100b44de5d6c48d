namespace Omni.Infrastructure.Events;

/// <summary>The newest ids that were added, up to a number. For telling repetitions from news, where forgetting an old one only costs doing something twice.</summary>
/// <param name="most">How many are remembered.</param>
internal sealed class RecentIds(int most)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _known = [];
    private readonly Queue<Guid> _order = new();

    /// <summary>Adds an id; false when it is there already.</summary>
    internal bool Add(Guid id)
    {
        lock (_gate)
        {
            if (!_known.Add(id))
            {
                return false;
            }

            _order.Enqueue(id);
            if (_order.Count > most)
            {
                _known.Remove(_order.Dequeue());
            }

            return true;
        }
    }

    /// <summary>Whether the id is remembered.</summary>
    internal bool Contains(Guid id)
    {
        lock (_gate)
        {
            return _known.Contains(id);
        }
    }
}

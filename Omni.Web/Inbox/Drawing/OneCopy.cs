using System.Collections.Concurrent;

namespace Omni.Web.Inbox.Drawing;

/// <summary>Equal values that several circuits have read apart become one object, as long as anybody holds it.</summary>
/// <typeparam name="T">Values that never change.</typeparam>
/// <param name="id">What a value is about: of two with the same id only the newer one is kept here.</param>
/// <param name="same">True when two values with the same id are the same in every respect.</param>
internal sealed class OneCopy<T>(Func<T, Guid> id, Func<T, T, bool> same)
    where T : class
{
    private const int SweepEvery = 4_096;

    private readonly ConcurrentDictionary<Guid, WeakReference<T>> _known = new();
    private int _added;

    /// <summary>The object that stands for the value.</summary>
    internal T Of(T value)
    {
        if (_known.TryGetValue(id(value), out var known) && known.TryGetTarget(out var first) && (ReferenceEquals(first, value) || same(first, value)))
        {
            return first;
        }

        _known[id(value)] = new WeakReference<T>(value);
        if (Interlocked.Increment(ref _added) % SweepEvery == 0)
        {
            foreach (var gone in _known.Where(k => !k.Value.TryGetTarget(out _)))
            {
                _known.TryRemove(gone);
            }
        }

        return value;
    }
}

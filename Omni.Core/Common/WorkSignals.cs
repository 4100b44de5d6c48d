namespace Omni.Core.Common;

/// <summary>Wakes the workers of this node: only says "look now". A lost signal costs the second until the worker looks by itself.</summary>
public sealed class WorkSignals
{
    /// <summary>There is something in the inbound queue.</summary>
    public WorkSignal Inbound { get; } = new();

    /// <summary>There is something in the outbox.</summary>
    public WorkSignal Outbox { get; } = new();

    /// <summary>There are files to fetch.</summary>
    public WorkSignal Media { get; } = new();

    /// <summary>There are pushes to send.</summary>
    public WorkSignal Push { get; } = new();
}

/// <summary>One thing a worker waits for. Any number of sets before a wait count as one.</summary>
public sealed class WorkSignal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);
    private int _isSet;

    /// <summary>Wakes the waiting worker, or lets its next wait return at once.</summary>
    public void Set()
    {
        // Set for every delivery, and mostly set already: the semaphore would throw each time.
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _set.Release();
        }
    }

    /// <summary>Waits until the signal is set, at most <paramref name="atMost"/>.</summary>
    /// <returns>True when it was set.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        if (!await _set.WaitAsync(atMost, ct))
        {
            return false;
        }

        // Before the waiter looks: whatever is set from here on is seen by its next wait.
        Interlocked.Exchange(ref _isSet, 0);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _set.Dispose();
}

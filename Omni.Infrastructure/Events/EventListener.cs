using Microsoft.Extensions.Logging;
using Omni.Core.Events;

namespace Omni.Infrastructure.Events;

/// <summary>One subscription: a short queue, worked off one event at a time on the thread pool. Costs no thread and no timer while nothing happens.</summary>
internal sealed partial class EventListener(
    Func<ChangeEvent, ValueTask> handler, Func<ValueTask>? onGap, ILogger logger, Action removed) : IThreadPoolWorkItem, IDisposable
{
    /// <summary>Events a listener may be behind; with more it has to read everything again, which is cheaper than catching up.</summary>
    internal const int MostWaiting = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<ChangeEvent> _waiting = new();
    private bool _running;
    private bool _gap;
    private bool _ended;

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _waiting.Clear();
        }

        removed();
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    /// <summary>Queues an event; returns at once.</summary>
    internal void Offer(ChangeEvent change)
    {
        lock (_gate)
        {
            if (_gap)
            {
                return; // was committed before the listener reads everything again, so that reading sees it
            }

            if (_waiting.Count >= MostWaiting)
            {
                LogOverflow(logger, change.OrganizationId, change.Subject);
                MarkGap();
            }
            else
            {
                _waiting.Enqueue(change);
            }

            Start();
        }
    }

    /// <summary>Queues a gap call, which replaces everything that waits.</summary>
    internal void Gap()
    {
        lock (_gate)
        {
            // Without a gap handler what waits is still worth having.
            if (onGap is not null)
            {
                MarkGap();
                Start();
            }
        }
    }

    private void MarkGap()
    {
        _gap = true;
        _waiting.Clear();
    }

    private void Start()
    {
        if (!_running && !_ended)
        {
            _running = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task RunAsync()
    {
        while (Take(out var change))
        {
            try
            {
                if (change is not null)
                {
                    await handler(change);
                }
                else if (onGap is not null)
                {
                    await onGap();
                }
            }
            catch (Exception failure)
            {
                LogFailed(logger, change?.Name ?? "gap", failure);
            }
        }
    }

    /// <summary>The next call: an event, or null for a gap. False when there is none and the run ends.</summary>
    private bool Take(out ChangeEvent? change)
    {
        lock (_gate)
        {
            change = null;
            if (_ended)
            {
                return _running = false;
            }

            if (_gap)
            {
                _gap = false;
                return true;
            }

            return _running = _waiting.TryDequeue(out change);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A listener to {Subject} of organization {OrganizationId} fell behind; it reads everything again")]
    private static partial void LogOverflow(ILogger logger, Guid organizationId, string subject);

    [LoggerMessage(LogLevel.Error, "A listener failed on {Event}")]
    private static partial void LogFailed(ILogger logger, string @event, Exception failure);
}

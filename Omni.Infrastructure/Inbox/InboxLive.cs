using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Omni.Core.Events;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Inbox;

/// <summary>One reader per organization that anybody on this node watches: it collects what changed, reads it once and hands the same rows to every circuit.</summary>
internal sealed partial class InboxLive(IInboxReader reader, IEventBus bus, TimeProvider clock, ILogger<InboxLive> logger) : IInboxLive, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, OrganizationWatch> _watches = [];

    public IDisposable Watch(Guid organizationId, Func<IReadOnlyList<ConversationRow>, ValueTask> handler) =>
        Join(organizationId, watch => watch.Rows, new Watcher<ConversationRow>(handler, row => row.Id, Report));

    public IDisposable WatchMessages(Guid organizationId, Guid conversationId, Func<IReadOnlyList<MessageView>, ValueTask> handler) =>
        Join(organizationId, watch => watch.Messages.GetOrAdd(conversationId, _ => new()), new Watcher<MessageView>(handler, message => message.Id, Report));

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var watch in _watches.Values)
            {
                watch.Dispose();
            }

            _watches.Clear();
        }
    }

    private Leaving Join<T>(Guid organizationId, Func<OrganizationWatch, ConcurrentDictionary<Watcher<T>, byte>> place, Watcher<T> watcher)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(organizationId, out var watch))
            {
                _watches[organizationId] = watch = new OrganizationWatch(organizationId, reader, bus, clock, Report);
            }

            watch.Users++;
            place(watch)[watcher] = 0;
            return new Leaving(() =>
            {
                place(watch).TryRemove(watcher, out _);
                lock (_gate)
                {
                    if (--watch.Users == 0)
                    {
                        _watches.Remove(organizationId);
                        watch.Dispose();
                    }
                }
            });
        }
    }

    private void Report(Exception failure) => LogFailed(logger, failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A live inbox update failed; the page reads everything again")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    private sealed class Leaving(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}

/// <summary>Collects one organization's changes and draws them: the first at once, further ones of the same conversation at most every 100 ms.</summary>
internal sealed class OrganizationWatch : IDisposable
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    private readonly Guid _organizationId;
    private readonly IInboxReader _reader;
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _report;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, HashSet<Guid>> _dirty = [];
    private readonly Dictionary<Guid, long> _drawn = [];
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _subscription;
    private readonly IDisposable _gaps;

    internal OrganizationWatch(Guid organizationId, IInboxReader reader, IEventBus bus, TimeProvider clock, Action<Exception> report)
    {
        (_organizationId, _reader, _clock, _report) = (organizationId, reader, clock, report);
        _subscription = bus.Subscribe(organizationId, ChangeEvent.Organization, OnChange);
        _gaps = bus.OnGap(OnGap);
        _ = Task.Run(DrawAsync);
    }

    internal int Users { get; set; }

    internal ConcurrentDictionary<Watcher<ConversationRow>, byte> Rows { get; } = new();

    internal ConcurrentDictionary<Guid, ConcurrentDictionary<Watcher<MessageView>, byte>> Messages { get; } = new();

    public void Dispose()
    {
        _subscription.Dispose();
        _gaps.Dispose();
        _stop.Cancel();
    }

    private ValueTask OnChange(ChangeEvent change)
    {
        if (change.Data["conversationId"]?.GetValue<Guid?>() is not { } conversation || EventNames.IsFleeting(change.Name))
        {
            return default;
        }

        lock (_gate)
        {
            if (!_dirty.TryGetValue(conversation, out var messages))
            {
                _dirty[conversation] = messages = [];
            }

            if (change.Data["messageId"]?.GetValue<Guid?>() is { } message)
            {
                messages.Add(message);
            }
        }

        Wake();
        return default;
    }

    private ValueTask OnGap()
    {
        foreach (var watcher in Rows.Keys)
        {
            watcher.Lost();
        }

        foreach (var watcher in Messages.Values.SelectMany(w => w.Keys))
        {
            watcher.Lost();
        }

        return default;
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    private async Task DrawAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var (due, wait) = TakeDue();
                if (due.Count > 0)
                {
                    await DrawAsync(due);
                }
                else
                {
                    await _changed.WaitAsync(wait, _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                _report(failure);
                await OnGap();
            }
        }
    }

    private (Dictionary<Guid, HashSet<Guid>> Due, TimeSpan Wait) TakeDue()
    {
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            var due = new Dictionary<Guid, HashSet<Guid>>();
            var wait = TimeSpan.FromSeconds(30);
            foreach (var (conversation, messages) in _dirty)
            {
                var rest = _drawn.TryGetValue(conversation, out var last) ? Gap - _clock.GetElapsedTime(last, now) : TimeSpan.Zero;
                if (rest <= TimeSpan.Zero)
                {
                    due[conversation] = messages;
                }
                else if (rest < wait)
                {
                    wait = rest;
                }
            }

            foreach (var conversation in due.Keys)
            {
                _dirty.Remove(conversation);
                _drawn[conversation] = now;
            }

            if (_drawn.Count > 1_000)
            {
                foreach (var old in _drawn.Where(d => _clock.GetElapsedTime(d.Value, now) > Gap).Select(d => d.Key).ToList())
                {
                    _drawn.Remove(old);
                }
            }

            return (due, wait);
        }
    }

    private async Task DrawAsync(Dictionary<Guid, HashSet<Guid>> due)
    {
        var watched = due.Where(d => d.Value.Count > 0 && Messages.TryGetValue(d.Key, out var watchers) && !watchers.IsEmpty).ToList();
        if (watched.Count > 0)
        {
            var messages = await _reader.MessagesAsync(_organizationId, [.. watched.SelectMany(w => w.Value)], _stop.Token);
            foreach (var group in messages.GroupBy(m => m.ConversationId))
            {
                foreach (var watcher in Messages[group.Key].Keys)
                {
                    watcher.Tell(group);
                }
            }
        }

        if (!Rows.IsEmpty)
        {
            var rows = await _reader.RowsAsync(_organizationId, due.Keys, _stop.Token);
            foreach (var watcher in Rows.Keys)
            {
                watcher.Tell(rows);
            }
        }
    }
}

/// <summary>One circuit's ear: calls its handler one at a time and keeps only the newest version of each row while the handler is busy, so that a slow circuit neither holds up others nor fills memory.</summary>
internal sealed class Watcher<T>(Func<IReadOnlyList<T>, ValueTask> handler, Func<T, Guid> id, Action<Exception> report)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, T> _waiting = [];
    private bool _busy;
    private bool _lost;

    internal void Tell(IEnumerable<T> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                _waiting[id(row)] = row;
            }

            Start();
        }
    }

    /// <summary>Something may have been missed: the handler is told with an empty list.</summary>
    internal void Lost()
    {
        lock (_gate)
        {
            _lost = true;
            Start();
        }
    }

    private void Start()
    {
        if (!_busy && (_lost || _waiting.Count > 0))
        {
            _busy = true;
            _ = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            T[] rows;
            lock (_gate)
            {
                if (!_lost && _waiting.Count == 0)
                {
                    _busy = false;
                    return;
                }

                rows = _lost ? [] : [.. _waiting.Values];
                _waiting.Clear();
                _lost = false;
            }

            try
            {
                await handler(rows);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // A circuit that is going away throws here; the others go on.
                report(failure);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Omni.Core.Events;

namespace Omni.Infrastructure.Events;

/// <summary>The listeners of this process. An event reaches them once, whether its hint, another node or the feed names it first.</summary>
internal sealed class EventBus(ILogger<EventBus> logger) : IEventBus
{
    private const string ConversationPrefix = "conversation:";

    private readonly ConcurrentDictionary<(Guid Organization, string Subject), ImmutableArray<EventListener>> _listeners = new();
    private readonly RecentIds _recent = new(65_536);
    private ImmutableArray<EventListener> _gapListeners = [];

    public void Publish(IReadOnlyList<ChangeEvent> events) => Announce(events);

    public IDisposable Subscribe(Guid organizationId, string subject, Func<ChangeEvent, ValueTask> handler, Func<ValueTask>? onGap = null)
    {
        var key = (organizationId, subject);
        EventListener listener = null!;
        listener = new EventListener(handler, onGap, logger, () => Remove(key, listener));
        _listeners.AddOrUpdate(key, [listener], (_, present) => present.Add(listener));
        return listener;
    }

    public IDisposable OnGap(Func<ValueTask> handler)
    {
        EventListener listener = null!;
        listener = new EventListener(_ => ValueTask.CompletedTask, handler, logger,
            () => ImmutableInterlocked.Update(ref _gapListeners, present => present.Remove(listener)));
        ImmutableInterlocked.Update(ref _gapListeners, present => present.Add(listener));
        return listener;
    }

    /// <summary>Hands events to the listeners, without those that were announced before.</summary>
    /// <returns>Whether anything was new.</returns>
    internal bool Announce(IReadOnlyList<ChangeEvent> events)
    {
        var any = false;
        foreach (var change in events)
        {
            if (_recent.Add(change.Id))
            {
                any = true;
                Offer(change);
            }
        }

        return any;
    }

    /// <summary>Whether an event was announced lately, so that the feed need not read its content.</summary>
    internal bool WasAnnounced(Guid id) => _recent.Contains(id);

    /// <summary>Tells everybody that hints may be missing.</summary>
    internal void RaiseGap()
    {
        foreach (var listener in _gapListeners)
        {
            listener.Gap();
        }

        foreach (var listener in _listeners.Values.SelectMany(all => all))
        {
            listener.Gap();
        }
    }

    private void Offer(ChangeEvent change)
    {
        OfferTo(change.Subject, change);
        if (change.Subject.StartsWith(ConversationPrefix, StringComparison.Ordinal))
        {
            OfferTo(ChangeEvent.Organization, change);
        }
    }

    private void OfferTo(string subject, ChangeEvent change)
    {
        if (_listeners.TryGetValue((change.OrganizationId, subject), out var listeners))
        {
            foreach (var listener in listeners)
            {
                listener.Offer(change);
            }
        }
    }

    private void Remove((Guid, string) key, EventListener listener)
    {
        // An empty entry goes away, unless somebody subscribed between looking and removing.
        while (_listeners.TryGetValue(key, out var present) && present.Contains(listener))
        {
            var left = present.Remove(listener);
            var done = left.IsEmpty
                ? _listeners.TryRemove(KeyValuePair.Create(key, present))
                : _listeners.TryUpdate(key, left, present);
            if (done)
            {
                return;
            }
        }
    }
}

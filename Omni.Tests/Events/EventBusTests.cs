using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Infrastructure.Events;
using Omni.Tests.Support;

namespace Omni.Tests.Events;

public sealed class EventBusTests
{
    private readonly Guid _organization = OmniId.New();
    private readonly EventBus _bus = new(NullLogger<EventBus>.Instance);
    private readonly ConcurrentQueue<ChangeEvent> _heard = new();

    [Fact]
    public async Task A_listener_hears_its_subject_in_order_of_publishing()
    {
        var conversation = ChangeEvent.Conversation(OmniId.New());
        using var subscription = _bus.Subscribe(_organization, conversation, Hear);
        var events = Enumerable.Range(0, 500).Select(_ => Event(conversation)).ToList();

        foreach (var change in events)
        {
            _bus.Publish([change, Event(ChangeEvent.Conversation(OmniId.New()))]);
        }

        await Eventually.HoldsAsync(() => _heard.Count >= 500, "all events are heard");
        Assert.Equal(events, _heard);
    }

    [Fact]
    public async Task The_organization_subject_hears_conversations_but_not_people()
    {
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);
        var own = Event(ChangeEvent.Organization);
        var conversation = Event(ChangeEvent.Conversation(OmniId.New()));

        _bus.Publish([Event(ChangeEvent.User(OmniId.New())), conversation, own]);

        await Eventually.HoldsAsync(() => _heard.Contains(own), "the last event is heard");
        Assert.Equal([conversation, own], _heard);
    }

    [Fact]
    public async Task Another_organizations_events_are_not_heard()
    {
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);
        var own = Event(ChangeEvent.Organization);

        _bus.Publish([Event(ChangeEvent.Organization, OmniId.New()), own]);

        await Eventually.HoldsAsync(() => !_heard.IsEmpty, "the own event is heard");
        Assert.Equal([own], _heard);
    }

    [Fact]
    public async Task Only_one_call_of_a_listener_runs_at_a_time()
    {
        var running = 0;
        var most = 0;
        var done = 0;
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref done);
        });

        await Parallel.ForAsync(0, 400, (_, _) =>
        {
            _bus.Publish([Event(ChangeEvent.Organization)]);
            return ValueTask.CompletedTask;
        });

        await Eventually.HoldsAsync(() => Volatile.Read(ref done) == 400, "all events are handled");
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_stuck_listener_holds_up_neither_the_publisher_nor_others_and_is_told_of_the_gap()
    {
        var release = new TaskCompletionSource();
        var gaps = 0;
        var slow = 0;
        using var stuck = _bus.Subscribe(_organization, ChangeEvent.Organization,
            async _ => { Interlocked.Increment(ref slow); await release.Task; },
            () => { Interlocked.Increment(ref gaps); return ValueTask.CompletedTask; });
        using var other = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);

        for (var i = 0; i < EventListener.MostWaiting + 100; i++)
        {
            var published = i;
            _bus.Publish([Event(ChangeEvent.Organization)]);
            await Eventually.HoldsAsync(() => _heard.Count > published, "the other listener keeps up");
        }

        release.SetResult();
        await Eventually.HoldsAsync(() => Volatile.Read(ref gaps) == 1, "the stuck listener is told to read again");
        var after = Event(ChangeEvent.Organization);
        var before = Volatile.Read(ref slow);
        _bus.Publish([after]);
        await Eventually.HoldsAsync(() => Volatile.Read(ref slow) == before + 1, "later events come again");
        Assert.Equal(1, gaps);
        Assert.Equal(2, slow);
    }

    [Fact]
    public async Task A_listener_that_throws_hears_the_next_event()
    {
        var calls = 0;
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, _ =>
            Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("first") : ValueTask.CompletedTask);

        _bus.Publish([Event(ChangeEvent.Organization), Event(ChangeEvent.Organization)]);

        await Eventually.HoldsAsync(() => Volatile.Read(ref calls) == 2, "the second call");
    }

    [Fact]
    public async Task An_event_announced_twice_is_heard_once()
    {
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);
        var first = Event(ChangeEvent.Organization);
        var last = Event(ChangeEvent.Organization);

        _bus.Publish([first]);
        _bus.Publish([first, last]);

        await Eventually.HoldsAsync(() => _heard.Contains(last), "the last event is heard");
        Assert.Equal([first, last], _heard);
    }

    [Fact]
    public async Task After_disposing_nothing_is_heard_and_nothing_is_kept()
    {
        var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);
        using var witness = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear);
        subscription.Dispose();

        _bus.Publish([Event(ChangeEvent.Organization)]);

        await Eventually.HoldsAsync(() => !_heard.IsEmpty, "the witness hears");
        Assert.Single(_heard);
    }

    [Fact]
    public async Task A_gap_reaches_gap_listeners_and_subscriptions()
    {
        var told = new ConcurrentBag<string>();
        using var general = _bus.OnGap(() => { told.Add("general"); return ValueTask.CompletedTask; });
        using var subscription = _bus.Subscribe(_organization, ChangeEvent.Organization, Hear,
            () => { told.Add("subscription"); return ValueTask.CompletedTask; });

        _bus.RaiseGap();

        await Eventually.HoldsAsync(() => told.Count == 2, "both are told");
        Assert.Equal(["general", "subscription"], told.Order());
    }

    internal static ChangeEvent Event(string subject, Guid organization) =>
        new(organization, subject, EventNames.ConversationUpdated, [], TimeProvider.System.GetUtcNow());

    private ChangeEvent Event(string subject) => Event(subject, _organization);

    private ValueTask Hear(ChangeEvent change)
    {
        _heard.Enqueue(change);
        return ValueTask.CompletedTask;
    }
}

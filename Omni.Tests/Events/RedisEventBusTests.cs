using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Infrastructure.Events;
using Omni.Tests.Support;

namespace Omni.Tests.Events;

public sealed class RedisEventBusTests : IAsyncLifetime
{
    private readonly Guid _organization = OmniId.New();
    private readonly ConcurrentQueue<Guid> _heardHere = new();
    private readonly ConcurrentQueue<Guid> _heardThere = new();
    private RedisServer _redis = null!;
    private Node _here = null!;
    private Node _there = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartedAsync();
        _here = await Node.StartAsync(_redis.ConnectionString);
        _there = await Node.StartAsync(_redis.ConnectionString);
        _here.Bus.Subscribe(_organization, ChangeEvent.Organization, e => { _heardHere.Enqueue(e.Id); return ValueTask.CompletedTask; });
        _there.Bus.Subscribe(_organization, ChangeEvent.Organization, e => { _heardThere.Enqueue(e.Id); return ValueTask.CompletedTask; });
    }

    public async Task DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Nodes_hear_each_other_in_order_and_themselves_once()
    {
        await UntilHeardThereAsync();
        var events = Enumerable.Range(0, 300).Select(_ => Event()).ToList();

        foreach (var change in events)
        {
            _here.Bus.Publish([change]);
        }

        await Eventually.HoldsAsync(() => _heardThere.Contains(events[^1].Id), "the last event arrives");
        Assert.Equal(events.Select(e => e.Id), _heardThere.Where(id => events.Any(e => e.Id == id)));
        Assert.Equal(events.Select(e => e.Id), _heardHere.Where(id => events.Any(e => e.Id == id)));
    }

    [Fact]
    public async Task A_killed_Redis_hinders_nobody_and_its_return_is_a_gap()
    {
        await UntilHeardThereAsync();
        var gaps = 0;
        _there.Bus.OnGap(() => { Interlocked.Increment(ref gaps); return ValueTask.CompletedTask; });

        await _redis.KillAsync();
        var alone = Event();
        _here.Bus.Publish([alone]);
        await Eventually.HoldsAsync(() => _heardHere.Contains(alone.Id), "this node's own listeners hear without Redis");
        await _redis.StartAsync();

        await Eventually.HoldsAsync(() => Volatile.Read(ref gaps) > 0, "the gap is told");
        await UntilHeardThereAsync();
    }

    [Fact]
    public async Task A_silent_Redis_does_not_hold_up_the_publisher()
    {
        await UntilHeardThereAsync();
        await SignalAsync(_redis.Pid, "STOP");
        try
        {
            var events = Enumerable.Range(0, 20_000).Select(_ => Event()).ToList();
            var clock = TimeProvider.System;
            var began = clock.GetTimestamp();
            foreach (var change in events)
            {
                _here.Bus.Publish([change]);
            }

            Assert.True(clock.GetElapsedTime(began) < TimeSpan.FromSeconds(10), $"publishing took {clock.GetElapsedTime(began)}");
        }
        finally
        {
            await SignalAsync(_redis.Pid, "CONT");
        }

        await UntilHeardThereAsync();
    }

    [Fact]
    public async Task A_node_that_starts_before_Redis_connects_later()
    {
        await using var late = new RedisServer();
        await using var early = await Node.StartAsync(late.ConnectionString);
        var own = Event();
        var heard = new ConcurrentQueue<Guid>();
        using var subscription = early.Bus.Subscribe(_organization, ChangeEvent.Organization, e => { heard.Enqueue(e.Id); return ValueTask.CompletedTask; });
        early.Bus.Publish([own]);
        await Eventually.HoldsAsync(() => heard.Contains(own.Id), "the own listener hears");

        await late.StartAsync();

        await Eventually.HoldsAsync(() => early.Connection.IsConnected, "the node connects");
    }

    /// <summary>Publishes here until it is heard there: both are connected and subscribed then.</summary>
    private Task UntilHeardThereAsync() => Eventually.HoldsAsync(async () =>
    {
        var probe = Event();
        _here.Bus.Publish([probe]);
        await Task.Delay(50);
        return _heardThere.Contains(probe.Id);
    }, "an event gets from one node to the other");

    private static async Task SignalAsync(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        await kill.WaitForExitAsync();
    }

    private ChangeEvent Event() => EventBusTests.Event(ChangeEvent.Organization, _organization);

    private sealed class Node(RedisEventBus bus, RedisConnection connection) : IAsyncDisposable
    {
        internal RedisEventBus Bus => bus;

        internal RedisConnection Connection => connection;

        internal static async Task<Node> StartAsync(string connectionString)
        {
            var connection = new RedisConnection(connectionString, NullLogger<RedisConnection>.Instance);
            var bus = new RedisEventBus(new EventBus(NullLogger<EventBus>.Instance), connection, NullLogger<RedisEventBus>.Instance);
            await bus.StartAsync(CancellationToken.None);
            await connection.StartAsync(CancellationToken.None);
            return new Node(bus, connection);
        }

        public async ValueTask DisposeAsync()
        {
            await bus.StopAsync(CancellationToken.None);
            bus.Dispose();
            await connection.DisposeAsync();
        }
    }
}

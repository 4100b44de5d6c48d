using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Events;

/// <summary>
/// One open event stream. Stored events are read from the feed, in its order and without gaps; the bus only says when to look. Nothing
/// is buffered for a slow reader: it is behind in the feed. An event is written out once for all streams that share the reading. Fleeting signs come from the bus, and the oldest are dropped when they pile up.
/// </summary>
internal sealed class EventStream(HttpResponse response, IEventFeed feed, IEventBus bus, TimeProvider clock) : IDisposable
{
    private const int PageSize = 200;
    private const int MostFleeting = 64;
    private const int MostAwaited = 1_000;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5); // for hints that were lost
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Channel<ChangeEvent> _fleeting = Channel.CreateBounded<ChangeEvent>(
        new BoundedChannelOptions(MostFleeting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    // Announced events that the feed does not show yet, because an older transaction is still running.
    private readonly ConcurrentDictionary<Guid, byte> _awaited = new();

    private static readonly ConditionalWeakTable<ChangeEvent, string> Written = [];

    private string _cursor = "";
    private long _written;

    public void Dispose() => _wake.Dispose();

    /// <summary>Sends until <paramref name="ct"/> is cancelled.</summary>
    /// <param name="actor">Who listens.</param>
    /// <param name="subjects">What to send.</param>
    /// <param name="from">Cursor of the last event the listener has; null for none.</param>
    /// <param name="ct">Ends the stream.</param>
    internal async Task RunAsync(Actor actor, StreamSubjects subjects, string? from, CancellationToken ct)
    {
        var subscriptions = subjects.Names.Select(name => bus.Subscribe(actor.OrganizationId, name, change => Hear(change, subjects), Wake)).ToList();
        try
        {
            await StartAsync(actor, from, ct);
            var wait = Sweep;
            while (true)
            {
                var full = await ReadAsync(actor, subjects, ct);
                while (_fleeting.Reader.TryRead(out var sign))
                {
                    await WriteAsync(sign, id: null, ct);
                }

                if (full)
                {
                    continue;
                }

                wait = _awaited.IsEmpty ? Sweep : wait == Sweep ? FirstLook : TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, LastLook.Ticks));
                if (wait == LastLook)
                {
                    _awaited.Clear(); // either it comes with a later look, or it was never stored
                }

                await response.Body.FlushAsync(ct);
                var woken = await _wake.WaitAsync(wait, ct);
                wait = woken ? Sweep : wait;
                await BeatAsync(ct);
            }
        }
        finally
        {
            subscriptions.ForEach(s => s.Dispose());
        }
    }

    private async Task StartAsync(Actor actor, string? from, CancellationToken ct)
    {
        var isReset = false;
        _cursor = from ?? await feed.GetEndAsync(ct);
        if (from is not null)
        {
            var page = await feed.ReadAsync(actor.OrganizationId, from, 1, ct);
            (isReset, _cursor) = (page.Reset, page.Reset ? page.Cursor : from);
        }

        await WriteAsync("ready", _cursor, JsonSerializer.Serialize(new { cursor = _cursor }, OmniJson.Options), ct);
        if (isReset)
        {
            await ResetAsync(ct);
        }

        await response.Body.FlushAsync(ct);
    }

    /// <summary>Sends what the feed has; true when there is probably more.</summary>
    private async Task<bool> ReadAsync(Actor actor, StreamSubjects subjects, CancellationToken ct)
    {
        var page = await feed.ReadAsync(actor.OrganizationId, _cursor, PageSize, ct);
        _cursor = page.Cursor;
        if (page.Reset)
        {
            await ResetAsync(ct);
        }

        foreach (var (change, cursor) in page.Events)
        {
            _awaited.TryRemove(change.Id, out _);
            if (subjects.Include(change))
            {
                await WriteAsync(change, cursor, ct);
            }
        }

        return page.Events.Count == PageSize;
    }

    private ValueTask Hear(ChangeEvent change, StreamSubjects subjects)
    {
        if (!EventNames.IsFleeting(change.Name))
        {
            if (_awaited.Count < MostAwaited)
            {
                _awaited[change.Id] = 0;
            }
        }
        else if (!subjects.Include(change) || !_fleeting.Writer.TryWrite(change))
        {
            return ValueTask.CompletedTask;
        }

        return Wake();
    }

    private ValueTask Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
        catch (Exception late) when (late is SemaphoreFullException or ObjectDisposedException)
        {
            return ValueTask.CompletedTask; // woken already, or over already
        }

        return ValueTask.CompletedTask;
    }

    private Task ResetAsync(CancellationToken ct) => WriteAsync("reset", _cursor, "{}", ct);

    private Task WriteAsync(ChangeEvent change, string? id, CancellationToken ct) => WriteAsync(
        change.Name,
        id,
        Written.GetValue(change, static c => JsonSerializer.Serialize(
            new { id = c.Id, name = c.Name, organizationId = c.OrganizationId, subject = c.Subject, at = c.At, data = c.Data }, OmniJson.Options)),
        ct);

    private async Task WriteAsync(string name, string? id, string data, CancellationToken ct)
    {
        _written = clock.GetTimestamp();
        var place = id is null ? "" : $"id: {id}\n";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\n{place}data: {data}\n\n"), ct);
    }

    /// <summary>Keeps proxies and clients from thinking that nobody is there, and moves the place from which the client resumes.</summary>
    private async Task BeatAsync(CancellationToken ct)
    {
        if (clock.GetElapsedTime(_written) >= Heartbeat)
        {
            _written = clock.GetTimestamp();
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes($": still here\nid: {_cursor}\n\n"), ct);
            await response.Body.FlushAsync(ct);
        }
    }
}

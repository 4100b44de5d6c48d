using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Omni.Infrastructure.Channels.Meta;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Bench.Chaos;

/// <summary>People who write: every event up to three times, some edits before their messages, old events once more. What is not answered 200 is sent again.</summary>
/// <param name="rig">Where to.</param>
internal sealed class ChaosLoad(ChaosRig rig)
{
    private const int OldPerDelivery = 25;
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(3);

    private readonly string _run = $"wamid.CHAOS{Guid.CreateVersion7():N}";
    private readonly ConcurrentDictionary<string, long> _refused = new();
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private readonly ConcurrentQueue<SentEvent> _events = new();
    private long _posts;
    private long _acknowledged;
    private long _replayed;
    private volatile bool _isOver;
    private int _large;

    /// <summary>Messages and edits so far.</summary>
    internal IReadOnlyCollection<SentEvent> Events => _events;

    /// <summary>Requests so far.</summary>
    internal long Posts => Interlocked.Read(ref _posts);

    /// <summary>Requests answered 200.</summary>
    internal long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Old events that were sent once more and answered 200.</summary>
    internal long Replayed => Interlocked.Read(ref _replayed);

    /// <summary>Requests that were not answered 200, by status; 0 without an answer.</summary>
    internal IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>How often deliveries were answered 503 so far.</summary>
    internal long Unavailable => _refused.GetValueOrDefault("503");

    /// <summary>From the next message on, some are as large as the platform allows; for disks that are to be full.</summary>
    internal bool WritesMuch { set => Interlocked.Exchange(ref _large, value ? 1 : 0); }

    /// <summary>Writes until <see cref="End"/>.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        var people = rig.Tenants.SelectMany(tenant => Enumerable.Range(0, rig.Plan.People).Select(person => WriteAsync(tenant, person, ct)));
        await Task.WhenAll([.. people, ReplayAsync(ct)]);
        while (_underWay.Keys.ToArray() is { Length: > 0 } left)
        {
            await Task.WhenAll(left);
        }
    }

    /// <summary>No new messages; what was begun is brought to its end.</summary>
    internal void End() => _isOver = true;

    /// <summary>One person, who waits most times for the answer before writing on.</summary>
    private async Task WriteAsync(ChaosTenant tenant, int person, CancellationToken ct)
    {
        var random = new Random((rig.Plan.Seed * 100_003) + (tenant.Index * 1_009) + person);
        var every = rig.Plan.Tenants * rig.Plan.People / rig.Plan.PerSecond;
        for (var n = 0; ; n++)
        {
            await Task.Delay(TimeSpan.FromSeconds(every * random.NextDouble() * (n == 0 ? 1 : 2)), ct);
            if (_isOver)
            {
                return;
            }

            var message = New(tenant, person, n, null, random);
            var edit = random.Next(6) == 0 ? New(tenant, person, n, message, random) : null;
            if (edit is not null && random.Next(2) == 0)
            {
                await PostCopiesAsync(edit, waits: true, random, ct);
                await PostCopiesAsync(message, waits: true, random, ct);
            }
            else
            {
                await PostCopiesAsync(message, waits: random.Next(3) > 0, random, ct);
                await (edit is null ? Task.CompletedTask : PostCopiesAsync(edit, waits: false, random, ct));
            }
        }
    }

    private SentEvent New(ChaosTenant tenant, int person, int number, SentEvent? edits, Random random)
    {
        var mark = $"{tenant.Mark}p{person}n{number}{(edits is null ? "m" : "e")}";
        var sent = new SentEvent(tenant, person, $"{_run}.{mark}", mark, $"{mark} {Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64()))}", DateTimeOffset.UtcNow.ToUnixTimeSeconds(), edits)
        {
            Padding = Interlocked.CompareExchange(ref _large, 0, 0) == 1 ? Convert.ToHexStringLower(RandomBytes(random, 100_000)) : null,
        };
        _events.Enqueue(sent);
        return sent;
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private async Task PostCopiesAsync(SentEvent sent, bool waits, Random random, CancellationToken ct)
    {
        for (var copies = random.Next(3); copies > 0; copies--)
        {
            var after = rig.Plan.CopiesWithin * random.NextDouble();
            Follow(Task.Run(
                async () =>
                {
                    await Task.Delay(after, ct);
                    await UntilTakenAsync([sent], ct);
                },
                ct));
        }

        var first = UntilTakenAsync([sent], ct);
        if (waits)
        {
            await first;
        }
        else
        {
            Follow(first);
        }
    }

    /// <summary>Old events of one number, many in one delivery.</summary>
    private async Task ReplayAsync(CancellationToken ct)
    {
        var random = new Random(rig.Plan.Seed + 7);
        while (!_isOver || Replayed < rig.Plan.Replayed)
        {
            var taken = _events.Where(e => e.Acknowledged > 0 && e.Padding is null).GroupBy(e => e.Tenant).ToList();
            if (taken.Count == 0)
            {
                await Task.Delay(200, ct);
                continue;
            }

            var old = taken[random.Next(taken.Count)].ToArray();
            for (var deliveries = 0; deliveries < 10; deliveries++)
            {
                var some = random.GetItems(old, OldPerDelivery);
                await UntilTakenAsync(some, ct);
                Interlocked.Add(ref _replayed, some.Length);
            }

            await Task.Delay(_isOver || Replayed > rig.Plan.Replayed ? 500 : 50, ct);
        }
    }

    private async Task UntilTakenAsync(SentEvent[] events, CancellationToken ct)
    {
        var account = events[0].Tenant.Account;
        var body = Body(events);
        var signature = MetaSignature.Sign(body, account.AppSecret);
        var backOff = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            foreach (var sent in events)
            {
                sent.Leaves();
            }

            Interlocked.Increment(ref _posts);
            var status = await WebhookPost.SendAsync(rig.Http, rig.AnyNode().Address, body, signature, ct);
            if (status == 200)
            {
                foreach (var sent in events)
                {
                    sent.IsTaken();
                }

                Interlocked.Increment(ref _acknowledged);
                return;
            }

            _refused.AddOrUpdate($"{status}", 1, (_, n) => n + 1);
            await Task.Delay(backOff, ct);
            backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;
        }
    }

    private static byte[] Body(SentEvent[] events)
    {
        var messages = events.Select(sent => Message(sent)).ToArray();
        if (events.Length == 1)
        {
            var person = new SimulatedPerson(events[0].Tenant.Phone(events[0].Person), $"Person {events[0].Tenant.Mark}");
            return SimulatorPayloads.Messages(events[0].Tenant.Account, person, messages);
        }

        // Of several people: each message names its own.
        return SimulatorPayloads.Messages(events[0].Tenant.Account, new SimulatedPerson(null, ""), messages);
    }

    private static JsonObject Message(SentEvent sent)
    {
        var text = new JsonObject { ["body"] = sent.Text };
        var message = new JsonObject
        {
            ["id"] = sent.Id,
            ["from"] = sent.Tenant.Phone(sent.Person),
            ["timestamp"] = SimulatorPayloads.Stamp(DateTimeOffset.FromUnixTimeSeconds(sent.Second)),
        };
        if (sent.Edits is { } target)
        {
            message["type"] = "edit";
            message["edit"] = new JsonObject { ["original_message_id"] = target.Id, ["message"] = new JsonObject { ["type"] = "text", ["text"] = text } };
        }
        else
        {
            (message["type"], message["text"]) = ("text", text);
        }

        if (sent.Padding is { } padding)
        {
            message["padding"] = padding;
        }

        return message;
    }

    private void Follow(Task task)
    {
        _underWay[task] = true;
        _ = task.ContinueWith(done => _underWay.TryRemove(done, out _), TaskScheduler.Default);
    }
}

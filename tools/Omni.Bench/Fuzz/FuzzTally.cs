using System.Collections.Concurrent;

namespace Omni.Bench.Fuzz;

/// <summary>What the run has seen so far.</summary>
internal sealed class FuzzTally
{
    private const int MostKept = 40;

    private readonly ConcurrentDictionary<string, ConcurrentBag<(double Foreign, double Unknown)>> _times = [];
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, int>> _foreign = [];
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, int>> _own = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _examples = [];
    private readonly ConcurrentDictionary<string, int> _counts = [];

    /// <summary>How often something was seen.</summary>
    internal int this[string what] => _counts.GetValueOrDefault(what);

    /// <summary>Counts something, and keeps the first examples.</summary>
    internal void Add(string what, string? example = null)
    {
        _counts.AddOrUpdate(what, 1, (_, n) => n + 1);
        if (example is not null && _examples.GetOrAdd(what, _ => new()) is { Count: < MostKept } kept)
        {
            kept.Enqueue(example);
        }
    }

    /// <summary>Notes an answer.</summary>
    internal void Answered(FuzzCall call, bool isOwn, int status)
    {
        Add("calls");
        if (isOwn || call.HasForeign)
        {
            (isOwn ? _own : _foreign).GetOrAdd(call.Operation.Name, _ => []).AddOrUpdate(status, 1, (_, n) => n + 1);
        }

        if (status >= 500)
        {
            Add("serverErrors", $"{status} {call}");
        }
    }

    /// <summary>Notes how long the same call took with an id of the other organization and with an unknown one, in µs.</summary>
    internal void Timed(string operation, double foreign, double unknown) => _times.GetOrAdd(operation, _ => []).Add((foreign, unknown));

    /// <summary>Examples of something.</summary>
    internal string[] Examples(string what) => _examples.TryGetValue(what, out var kept) ? [.. kept.Distinct()] : [];

    /// <summary>Operations whose handler never saw a foreign id, with the statuses that were seen instead.</summary>
    internal string[] Unreached(IEnumerable<ApiOperation> operations) =>
        [.. operations.Where(o => !Statuses(_foreign, o).Any(IsReal)).Select(o => $"{o.Name}: {string.Join(' ', Statuses(_foreign, o))}")];

    /// <summary>Operations of which no call with own ids was granted, so that a refusal of foreign ids may have another reason.</summary>
    internal string[] Unproved(IEnumerable<ApiOperation> operations) =>
        [.. operations.Where(o => !Statuses(_own, o).Any(IsGranted)).Select(o => $"{o.Name}: {string.Join(' ', Statuses(_own, o))}")];

    /// <summary>Median time with a foreign id over that with an unknown one: of all pairs, and of the operations that are farthest from 1 with twenty pairs or more.</summary>
    internal object Times()
    {
        var all = _times.Where(t => t.Value.Count >= 20)
            .Select(t => (Operation: t.Key, Pairs: t.Value.Count, Foreign: Median(t.Value.Select(v => v.Foreign)), Unknown: Median(t.Value.Select(v => v.Unknown)))).ToList();
        return new
        {
            pairs = _times.Sum(t => t.Value.Count),
            medianRatio = Math.Round(Median(_times.SelectMany(t => t.Value).Select(v => v.Foreign / v.Unknown)), 3),
            farthest = all.OrderByDescending(t => Math.Abs(Math.Log(t.Foreign / t.Unknown))).Take(8)
                .Select(t => new { operation = t.Operation, pairs = t.Pairs, ratio = Math.Round(t.Foreign / t.Unknown, 2), foreignMicros = Math.Round(t.Foreign), unknownMicros = Math.Round(t.Unknown) }),
        };
    }

    /// <summary>Whether a status shows that the ids were taken: granted, or refused for the state of the thing.</summary>
    internal static bool IsGranted(int status) => status is (>= 200 and < 400) or 409;

    private static IEnumerable<int> Statuses(ConcurrentDictionary<string, ConcurrentDictionary<int, int>> seen, ApiOperation operation) =>
        seen.TryGetValue(operation.Name, out var statuses) ? statuses.Keys.Order() : [];

    // 405 and 415 come from the router, 429 from a limit; what failed says nothing.
    private static bool IsReal(int status) => status is > 0 and < 500 and not (405 or 415 or 429);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[sorted.Count / 2];
    }
}

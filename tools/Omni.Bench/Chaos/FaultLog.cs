using System.Collections.Concurrent;

namespace Omni.Bench.Chaos;

/// <summary>Which faults were planned, which were seen, and which this machine cannot have.</summary>
internal sealed class FaultLog
{
    private readonly ConcurrentQueue<(FaultKind Kind, bool Reached)> _done = new();
    private readonly ConcurrentDictionary<FaultKind, string> _leftOut = new();

    /// <summary>Planned faults that did not happen although they could; must be 0.</summary>
    internal int Missed => _done.Count(d => !d.Reached);

    /// <summary>Faults that happened, by kind.</summary>
    internal IReadOnlyDictionary<string, int> Reached => _done.Where(d => d.Reached).GroupBy(d => d.Kind).OrderBy(g => g.Key).ToDictionary(g => $"{g.Key}", g => g.Count());

    /// <summary>Kinds that did not happen when they should have.</summary>
    internal IReadOnlyList<string> Failed => [.. _done.Where(d => !d.Reached).Select(d => $"{d.Kind}").Distinct()];

    /// <summary>Kinds that are left out on this machine, with the reason.</summary>
    internal IReadOnlyDictionary<string, string> LeftOut => _leftOut.ToDictionary(l => $"{l.Key}", l => l.Value);

    /// <summary>Lets faults happen one after the other, with a breath between them.</summary>
    internal async Task RunAsync(Faults faults, IReadOnlyList<FaultKind> kinds, int seed, CancellationToken ct)
    {
        var random = new Random(seed);
        foreach (var kind in kinds)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5 + (random.NextDouble() * 2)), ct);
            if (faults.WhyNot(kind) is { } reason)
            {
                _leftOut[kind] = reason;
                continue;
            }

            var clock = System.Diagnostics.Stopwatch.StartNew();
            var reached = await faults.HappenAsync(kind, ct);
            _done.Enqueue((kind, reached));
            Modes.Bench.Tell(new { fault = $"{kind}", reached, seconds = Math.Round(clock.Elapsed.TotalSeconds, 1) });
        }
    }
}

using System.Collections.Concurrent;

namespace Omni.Bench.Chaos;

/// <summary>What the ledger finds wrong: how often, and a few examples in words.</summary>
internal sealed class Findings
{
    private const int Examples = 5;

    private readonly ConcurrentDictionary<string, (int Count, List<string> Examples)> _found = new();

    /// <summary>How often something was found.</summary>
    internal int Count(string what) => _found.TryGetValue(what, out var found) ? found.Count : 0;

    /// <summary>Examples of everything that was found.</summary>
    internal IReadOnlyDictionary<string, List<string>> Words => _found.ToDictionary(f => f.Key, f => f.Value.Examples);

    /// <summary>Notes one thing.</summary>
    internal void Add(string what, string example, int times = 1)
    {
        if (times > 0)
        {
            _found.AddOrUpdate(what, _ => (times, [example]), (_, before) => (before.Count + times, before.Examples.Count < Examples ? [.. before.Examples, example] : before.Examples));
        }
    }
}

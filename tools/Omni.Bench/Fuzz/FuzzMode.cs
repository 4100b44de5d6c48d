
namespace Omni.Bench.Fuzz;

/// <summary>Whether anything of one organization can be seen or changed from another one.</summary>
internal static class FuzzMode
{
    /// <summary>Builds two organizations, tries everything, and tells what was found.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        var isShort = options.Number("short", 0) == 1;
        var (calls, seed) = (options.Number("calls", isShort ? 3_000 : 100_000), options.Number("seed", 1));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await using var world = await FuzzWorld.StartAsync(options, ct);
        try
        {
            return await RunAsync(options, world, isShort, calls, seed, clock, ct);
        }
        catch
        {
            await Console.Error.WriteLineAsync(world.Program.Output); // what the program says of it
            throw;
        }
    }

    private static async Task<object> RunAsync(BenchOptions options, FuzzWorld world, bool isShort, int calls, int seed, System.Diagnostics.Stopwatch clock, CancellationToken ct)
    {
        var document = await ApiDocument.ReadAsync(world.Http, ct);
        await world.HarvestAsync(ct);

        int streams;
        IReadOnlyList<string> told;
        await using (var listeners = new FuzzListeners(world))
        {
            await listeners.OpenAsync(ct);
            await world.Victim.StirAsync(ct);
            await world.Attacker.StirAsync(ct);
            await Task.Delay(TimeSpan.FromSeconds(3), ct); // longer than an event needs by the slowest way
            await world.HarvestAsync(ct);
            var canaries = new Canaries(world.Victim);
            streams = listeners.Count;
            // A refusal repeats the subject it was asked for.
            told = [.. listeners.Heard.Select(h => (h.Stream, Found: canaries.Find(h.Text, world.Victim.Pools.All.Where(id => h.Stream.Contains(id, StringComparison.Ordinal)).ToList(), h.Stream.Contains("chat", StringComparison.Ordinal)))).Where(h => h.Found is not null).Select(h => $"{h.Stream}: {h.Found}")];
        }

        Modes.Bench.Tell(new { built = Math.Round(clock.Elapsed.TotalSeconds, 1), operations = document.Operations.Count, streams });
        var before = await RowSnapshot.TakeAsync(world.ConnectionString, world.Victim.Id, ct);
        var run = new FuzzRun(world, document, seed);
        await run.AttackAsync(calls, isShort, ct);
        Modes.Bench.Tell(new { attacked = Math.Round(clock.Elapsed.TotalSeconds, 1), calls = run.Tally["calls"] });
        var shown = options.Number("browser", 1) == 1 ? await FuzzBrowser.RunAsync(world, isShort, ct) : FuzzBrowser.None;
        await world.Attacker.Pools.HarvestAsync(world.ConnectionString, world.Attacker.Id, ct);
        await run.ProveAsync(ct);
        var changes = before.ChangesTo(await RowSnapshot.TakeAsync(world.ConnectionString, world.Victim.Id, ct)).ToList();
        var tally = run.Tally;
        var (unreached, unproved) = (tally.Unreached(document.Operations), tally.Unproved(document.Operations));
        return new FuzzResult(tally["leaks"] + told.Count + shown.Leaks.Count + tally["oracles"] + tally["serverErrors"] + changes.Count + unreached.Length == 0 && shown.Reasons.Count == 0, new
        {
            mode = "fuzz", seed, calls = tally["calls"], seconds = Math.Round(clock.Elapsed.TotalSeconds), operations = document.Operations.Count, callers = world.Callers.Count, streams,
            circuits = shown.Circuits, rows = before.Count,
            leaks = tally["leaks"] + told.Count + shown.Leaks.Count, leakExamples = tally.Examples("leaks").Concat(told).Concat(shown.Leaks),
            oracles = tally["oracles"], oracleExamples = tally.Examples("oracles").Concat(shown.Reasons), unsteady = tally["unsteady"], unsteadyExamples = tally.Examples("unsteady").Take(5),
            serverErrors = tally["serverErrors"], serverErrorExamples = tally.Examples("serverErrors"), changedRows = changes.Count, changeExamples = changes.Take(20),
            unreached, unproved, times = tally.Times(),
        });
    }
}

using System.Diagnostics;
using Omni.Bench.Load;

namespace Omni.Bench.Modes;

/// <summary>Deliveries that came while no worker ran.</summary>
internal static class BacklogMode
{
    /// <summary>Fills the queue with the workers off, starts the program with them, and takes the time until the queue is empty.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(options, ct);
        var count = options.Number("count", 10_000);
        var rounds = new List<(double Ready, double Drained)>();
        for (var round = 0; round < bench.Rounds; round++)
        {
            await bench.Omni.RestartAsync(["--Omni:Roles=web"], ct);
            var load = new WebhookLoad(bench.Omni.Targets, options.Number("connections", 64), options.Number("contacts", 1000), bench.Words);
            await load.RunAsync(TimeSpan.FromMinutes(5), count, ct);
            await bench.Omni.Program.KillAsync();
            var clock = Stopwatch.StartNew();
            await bench.Omni.StartProgramAsync([], ct);
            var ready = clock.Elapsed.TotalSeconds;
            await bench.DrainedAsync(ct);
            rounds.Add((ready, clock.Elapsed.TotalSeconds));
            var stored = await bench.Omni.CountAsync($"select count(distinct external_id) from messages where external_id like '{load.Prefix}%'", ct);
            Bench.Tell(new { round = round + 1, count, stored, ready, drained = rounds[^1].Drained });
            if (stored != count)
            {
                throw new InvalidOperationException($"{count} were acknowledged, {stored} are in the inbox.");
            }
        }

        return new
        {
            mode = "backlog",
            count,
            rounds = rounds.Count,
            readySeconds = Spread.Of(rounds.Select(r => r.Ready)),
            drainedSeconds = Spread.Of(rounds.Select(r => r.Drained)),
            drainedAfterReadySeconds = Spread.Of(rounds.Select(r => r.Drained - r.Ready)),
        };
    }
}

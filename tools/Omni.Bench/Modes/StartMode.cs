using System.Diagnostics;
using Omni.Bench.Rig;

namespace Omni.Bench.Modes;

/// <summary>How soon a page answers, with the embedded database.</summary>
internal static class StartMode
{
    /// <summary>A fresh folder, a restart after a stop, a restart after a kill.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        var program = Bench.ProgramFile(options);
        var rounds = new List<(double Fresh, double Restart, double AfterKill)>();
        for (var round = 0; round < options.Number("rounds", 3); round++)
        {
            var folder = Directory.CreateTempSubdirectory("omni-bench-start-");
            File.SetUnixFileMode(folder.FullName, folder.UnixFileMode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            var (first, fresh) = await StartAsync(program, folder, ct);
            await first.DisposeAsync();
            var (second, restart) = await StartAsync(program, folder, ct);
            await second.KillAsync();
            var (third, afterKill) = await StartAsync(program, folder, ct);
            await third.DisposeAsync();
            folder.Delete(recursive: true);
            rounds.Add((fresh, restart, afterKill));
            Bench.Tell(new { round = round + 1, fresh, restart, afterKill });
        }

        return new
        {
            mode = "start",
            rounds = rounds.Count,
            freshSeconds = Spread.Of(rounds.Select(r => r.Fresh)),
            restartSeconds = Spread.Of(rounds.Select(r => r.Restart)),
            restartAfterKillSeconds = Spread.Of(rounds.Select(r => r.AfterKill)),
        };
    }

    private static async Task<(ServerProcess Server, double Seconds)> StartAsync(string program, DirectoryInfo folder, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var server = await ServerProcess.StartAsync(program, ["--Urls=http://127.0.0.1:{port}", $"--Omni:DataDirectory={folder.FullName}"], "/signin", 0, ct);
        return (server, clock.Elapsed.TotalSeconds);
    }
}

namespace Omni.Bench.Modes;

/// <summary>Webhooks accepted durably, with the workers off.</summary>
internal static class IntakeMode
{
    /// <summary>Measures a bare group commit, one INSERT per request, and Omni, in turn.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(options, ct);
        await bench.Omni.RestartAsync(["--Omni:Roles=web"], ct);
        await bench.WarmAsync(ct); // both are warm from here on
        await bench.AnchorAsync("/group", ct);
        var rounds = new List<(Measured Group, Measured Insert, Measured Omni)>();
        for (var round = 0; round < bench.Rounds; round++)
        {
            await bench.ForgetAsync(ct);
            var group = await bench.AnchorAsync("/group", ct);
            await bench.Database.BeginProfileAsync(ct);
            var omni = await bench.OmniAsync(ct);
            await bench.TellProfileAsync(omni, ct);
            var insert = await bench.AnchorAsync("/insert", ct);
            rounds.Add((group, insert, omni));
            Bench.Tell(new { round = round + 1, group, insert, omni });
        }

        return new
        {
            mode = "intake",
            rounds = rounds.Count,
            omniPerSecond = Spread.Of(rounds.Select(r => r.Omni.Report.PerSecond)),
            groupPerSecond = Spread.Of(rounds.Select(r => r.Group.Report.PerSecond)),
            insertPerSecond = Spread.Of(rounds.Select(r => r.Insert.Report.PerSecond)),
            ratioToGroup = Spread.Of(rounds.Select(r => r.Omni.Report.PerSecond / r.Group.Report.PerSecond)),
            ratioToInsert = Spread.Of(rounds.Select(r => r.Omni.Report.PerSecond / r.Insert.Report.PerSecond)),
            p99RatioToGroup = Spread.Of(rounds.Select(r => r.Omni.Report.P99 / r.Group.Report.P99)),
            omniMicros = Spread.Of(rounds.Select(r => r.Omni.ProgramMicros)),
            databaseMicros = Spread.Of(rounds.Select(r => r.Omni.DatabaseMicros)),
            generatorMicros = Spread.Of(rounds.Select(r => r.Omni.Report.GeneratorMicros)),
            groupMicros = Spread.Of(rounds.Select(r => r.Group.ProgramMicros)),
            groupDatabaseMicros = Spread.Of(rounds.Select(r => r.Group.DatabaseMicros)),
            errors = rounds.Sum(r => r.Omni.Report.Errors.Values.Sum()),
        };
    }
}

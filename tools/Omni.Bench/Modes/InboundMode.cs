namespace Omni.Bench.Modes;

/// <summary>Webhooks applied to the inbox, everything on.</summary>
internal static class InboundMode
{
    /// <summary>Measures the least possible inbound and Omni in turn. Omni's rate counts until its queue is empty again.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(options, ct);
        await bench.WarmAsync(ct);
        await bench.DrainedAsync(ct);
        await bench.AnchorAsync("/inbound", ct);
        var rounds = new List<(Measured Anchor, (Measured Load, double AppliedPerSecond, long Missing, long Doubled) Omni)>();
        for (var round = 0; round < bench.Rounds; round++)
        {
            await bench.ForgetAsync(ct);
            var yardstick = await bench.AnchorAsync("/inbound", ct);
            await bench.Database.BeginProfileAsync(ct);
            rounds.Add((yardstick, await bench.OmniAppliedAsync(ct)));
            await bench.TellProfileAsync(rounds[^1].Omni.Load, ct);
            var (anchor, (load, applied, missing, doubled)) = rounds[^1];
            Bench.Tell(new { round = round + 1, anchor, omni = load, applied, missing, doubled });
        }

        return new
        {
            mode = "inbound",
            rounds = rounds.Count,
            appliedPerSecond = Spread.Of(rounds.Select(r => r.Omni.AppliedPerSecond)),
            anchorPerSecond = Spread.Of(rounds.Select(r => r.Anchor.Report.PerSecond)),
            ratio = Spread.Of(rounds.Select(r => r.Omni.AppliedPerSecond / r.Anchor.Report.PerSecond)),
            omniMicros = Spread.Of(rounds.Select(r => r.Omni.Load.ProgramMicros)),
            databaseMicros = Spread.Of(rounds.Select(r => r.Omni.Load.DatabaseMicros)),
            generatorMicros = Spread.Of(rounds.Select(r => r.Omni.Load.Report.GeneratorMicros)),
            anchorMicros = Spread.Of(rounds.Select(r => r.Anchor.ProgramMicros)),
            anchorDatabaseMicros = Spread.Of(rounds.Select(r => r.Anchor.DatabaseMicros)),
            missing = rounds.Sum(r => r.Omni.Missing),
            doubled = rounds.Sum(r => r.Omni.Doubled),
        };
    }
}

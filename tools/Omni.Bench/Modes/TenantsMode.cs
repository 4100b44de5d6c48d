using Omni.Bench.Load;

namespace Omni.Bench.Modes;

/// <summary>What organizations notice of one that is much louder.</summary>
internal static class TenantsMode
{
    private const double EachPerSecond = 2;
    private const double Louder = 50;

    /// <summary>Measures the quiet organizations alone and then beside the loud one, in turn.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        await using var bench = await Bench.StartAsync(options, ct);
        var (loud, quiet) = (bench.Omni.Targets.Take(1).ToList(), bench.Omni.Targets.Skip(1).ToList());
        await bench.WarmAsync(ct);
        await bench.DrainedAsync(ct);
        var rounds = new List<(Seen Alone, Seen Beside, double LoudPerSecond)>();
        for (var round = 0; round < bench.Rounds; round++)
        {
            var alone = await QuietAsync(bench, quiet, ct);
            var loudRun = bench.OmniAtAsync(loud, EachPerSecond * Louder, ct);
            var beside = await QuietAsync(bench, quiet, ct);
            rounds.Add((alone, beside, (await loudRun).PerSecond));
            Bench.Tell(new { round = round + 1, alone, beside, loud = rounds[^1].LoudPerSecond });
            await bench.DrainedAsync(ct);
        }

        return new
        {
            mode = "tenants",
            rounds = rounds.Count,
            loudPerSecond = Spread.Of(rounds.Select(r => r.LoudPerSecond)),
            aloneP99 = Spread.Of(rounds.Select(r => r.Alone.AcknowledgedP99)),
            besideP99 = Spread.Of(rounds.Select(r => r.Beside.AcknowledgedP99)),
            ratio = Spread.Of(rounds.Select(r => r.Beside.AcknowledgedP99 / r.Alone.AcknowledgedP99)),
            aloneAppliedP99 = Spread.Of(rounds.Select(r => r.Alone.AppliedP99)),
            besideAppliedP99 = Spread.Of(rounds.Select(r => r.Beside.AppliedP99)),
            appliedRatio = Spread.Of(rounds.Select(r => r.Beside.AppliedP99 / r.Alone.AppliedP99)),
            errors = rounds.Sum(r => r.Alone.Errors + r.Beside.Errors),
        };
    }

    private static async Task<Seen> QuietAsync(Bench bench, List<LoadTarget> quiet, CancellationToken ct)
    {
        var since = DateTimeOffset.UtcNow;
        var report = await bench.OmniAtAsync(quiet, EachPerSecond * quiet.Count, ct);
        await bench.DrainedAsync(ct);
        var numbers = string.Join(',', quiet.Select(q => $"'{q.NumberId}'"));
        var micros = await bench.Omni.CountAsync(
            $"""
            select coalesce(percentile_disc(0.99) within group (order by (extract(epoch from m.created_at - m.received_at) * 1000000)::bigint), 0)
            from messages m join channels c on c.organization_id = m.organization_id and c.id = m.channel_id
            where c.external_account_id in ({numbers}) and m.received_at > '{since:O}'
            """, ct);
        return new Seen(report.P99, micros / 1000d, report.Errors.Values.Sum());
    }

    /// <summary>What the quiet organizations saw, in ms: a webhook acknowledged, a message applied after it was received.</summary>
    private sealed record Seen(double AcknowledgedP99, double AppliedP99, long Errors);
}

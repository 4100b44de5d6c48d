using System.Diagnostics;
using Omni.Bench.Modes;

namespace Omni.Bench.Chaos;

/// <summary>Load and faults at once, then the ledger.</summary>
internal static class ChaosMode
{
    /// <summary>Runs a plan. The long one writes its figures into <c>docs/benchmark.md</c>.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        var control = ChaosControls.Parse(options.Text("control", ""));
        var seed = options.Number("seed", 1);
        var isShort = options.Number("short", 0) == 1 || control != ChaosControl.None;
        var plan = control != ChaosControl.None ? ChaosPlan.For(control, seed) : isShort ? ChaosPlan.Short(seed) : ChaosPlan.Long(seed);
        var clock = Stopwatch.StartNew();
        await using var rig = await ChaosRig.StartAsync(plan, control, Modes.Bench.ProgramFile(options), options.Text("logs", ""), ct);
        var (findings, faultLog) = (new Findings(), new FaultLog());
        var load = new ChaosLoad(rig);
        var replies = new ChaosReplies(rig);
        var foreign = new ForeignReads(rig, replies, findings);
        var ledger = new ChaosLedger(rig, load, replies, findings);
        Modes.Bench.Tell(new { ready = Math.Round(clock.Elapsed.TotalSeconds, 1), seed, control = $"{control}" });

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await Task.WhenAll(load.RunAsync(patience.Token), replies.RunAsync(patience.Token), foreign.RunAsync(patience.Token), DirectAsync());
            await rig.Platform.Simulator.Webhooks.IdleAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            findings.Add("stuck", "not everything was answered in time");
        }

        Npgsql.NpgsqlConnection.ClearAllPools(); // servers were killed under them
        var settling = Stopwatch.StartNew();
        await ledger.SettleAsync(ct);
        var settled = settling.Elapsed;
        var verdict = await ledger.JudgeAsync(ct);
        foreach (var (what, examples) in findings.Words)
        {
            Modes.Bench.Tell(new { what, examples });
        }

        var result = new ChaosResult
        {
            Control = control == ChaosControl.None ? null : $"{control}".ToLowerInvariant(),
            Form = isShort ? "short" : "long",
            Seed = seed,
            Seconds = Math.Round(clock.Elapsed.TotalSeconds),
            Ledger = verdict,
            Events = load.Events.Count,
            Posts = load.Posts,
            Acknowledged = load.Acknowledged,
            NotAcknowledged = load.Refused,
            Replayed = load.Replayed,
            Replies = replies.Replies.Count,
            RepliesNotAcknowledged = replies.Refused,
            PlatformSends = rig.Platform.Simulator.Ledger.Sends.Count,
            UnknownReplies = ledger.Unknown,
            StateWebhooks = rig.Platform.Simulator.Ledger.Webhooks.Count,
            ForeignReads = foreign.Searched,
            SettledSeconds = Math.Round(settled.TotalSeconds, 1),
            SlowestStartSeconds = Math.Round(rig.Nodes.Max(n => n.SlowestStart), 1),
            Faults = faultLog.Reached,
            FaultsNotReached = faultLog.Failed,
            FaultsLeftOut = faultLog.LeftOut,
            IsFull = load.Events.Count >= plan.Events && replies.Replies.Count >= plan.Replies && load.Replayed >= plan.Replayed,
        };
        if (!isShort)
        {
            await ReportMode.WriteSectionAsync(options, result, ct);
        }

        return result;

        async Task DirectAsync()
        {
            try
            {
                var faults = new Faults(rig, load);
                await Task.WhenAll(faultLog.RunAsync(faults, plan.Programs, seed + 11, ct), faultLog.RunAsync(faults, plan.Surroundings, seed + 12, ct));
                while (load.Events.Count < plan.Events || replies.Replies.Count < plan.Replies || load.Replayed < plan.Replayed)
                {
                    await Task.Delay(200, ct);
                }
            }
            finally
            {
                load.End();
                replies.End();
                foreign.End();
                patience.CancelAfter(plan.Settles * 2);
            }
        }
    }
}

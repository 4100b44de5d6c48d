using System.Diagnostics;
using Npgsql;
using Omni.Bench.Rig;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Bench.Chaos;

/// <summary>Makes things go wrong, and tells whether they really did.</summary>
/// <param name="rig">With what.</param>
/// <param name="load">The load beside it.</param>
internal sealed class Faults(ChaosRig rig, ChaosLoad load)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int _turn;

    /// <summary>How the platform behaves otherwise: every state three times, backwards.</summary>
    internal static SimulatedBehaviour Usual { get; } = new()
    {
        Copies = 3, Reorder = true, Slow = TimeSpan.FromMilliseconds(20), StatusDelay = TimeSpan.FromMilliseconds(20), WebhookBackOff = TimeSpan.FromMilliseconds(100),
    };

    /// <summary>Whether a fault can happen on this machine; in words why not.</summary>
    internal string? WhyNot(FaultKind kind) => kind switch
    {
        FaultKind.DiskFull when rig.Disk is null => "no right to mount a file system",
        FaultKind.ClockAhead when rig.Clock is null => "libfaketime is not installed (apt-get install libfaketime)",
        _ => null,
    };

    /// <summary>Makes one thing go wrong and right again.</summary>
    /// <returns>Whether it was seen to go wrong.</returns>
    internal Task<bool> HappenAsync(FaultKind kind, CancellationToken ct) => kind switch
    {
        FaultKind.KillProgram => NextNode().KillAsync(ct),
        FaultKind.Freeze => NextNode().FreezeAsync(rig.Plan.Frozen, ct),
        FaultKind.ClockAhead => MoveClockAsync(ct),
        FaultKind.RollingRestart => RollAsync(ct),
        FaultKind.KillBackend => KillBackendAsync(ct),
        FaultKind.KillServer => KillServerAsync(ct),
        FaultKind.DiskFull => FillDiskAsync(ct),
        FaultKind.RedisKilled => rig.Redis.KillAsync(rig.Plan.Trouble, ct),
        FaultKind.RedisEmptied => rig.Redis.EmptyAsync(ct),
        FaultKind.RedisSilent => rig.Redis.SilenceAsync(rig.Plan.Trouble, ct),
        FaultKind.PlatformSlow => SlowPlatformAsync(Usual with { Slow = rig.Plan.Lease / 2 }, ct),
        FaultKind.StatusFirst => SlowPlatformAsync(Usual with { SlowAnswer = TimeSpan.FromSeconds(1) }, ct),
        FaultKind.PlatformTooMany => BreakPlatformAsync(Usual with { Failure = SimulatedFailure.TooMany, RetryAfter = TimeSpan.FromSeconds(2) }, ct),
        FaultKind.PlatformAway => BreakPlatformAsync(Usual with { Failure = SimulatedFailure.ServerErrorWithBody }, ct),
        FaultKind.PlatformBroken => BreakPlatformAsync(Usual with { Failure = SimulatedFailure.ServerErrorWithoutBody }, ct),
        FaultKind.AnswerLost => BreakPlatformAsync(Usual with { Failure = SimulatedFailure.LostAnswer }, ct),
        FaultKind.RequestLost => BreakPlatformAsync(Usual with { Failure = SimulatedFailure.DroppedRequest }, ct),
        FaultKind.AnswerGarbage => BreakPlatformAsync(Usual with { Failure = SimulatedFailure.Garbage }, ct),
        _ => throw new UnreachableException($"{kind}"),
    };

    private ChaosNode NextNode() => rig.Nodes[_turn++ % rig.Nodes.Count];

    private async Task<bool> RollAsync(CancellationToken ct)
    {
        var all = true;
        foreach (var node in rig.Nodes)
        {
            all &= await node.RestartAsync(ct);
        }

        return all;
    }

    private async Task<bool> MoveClockAsync(CancellationToken ct)
    {
        var node = rig.Nodes[1];
        rig.Clock!.Set(TimeSpan.FromHours(1));
        try
        {
            var isAhead = await HoldsAsync(async () => await node.TimeAsync(rig.Http, ct) - DateTimeOffset.UtcNow > TimeSpan.FromMinutes(59), ct);
            await Task.Delay(rig.Plan.Trouble, ct);
            return isAhead;
        }
        finally
        {
            rig.Clock.Set(TimeSpan.Zero);
        }
    }

    private async Task<bool> KillBackendAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(rig.Database.AsSuperuser(BenchDatabase.Product));
        await connection.OpenAsync(ct);
        await using var find = new NpgsqlCommand("select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by state = 'active' desc, random() limit 1", connection);
        if (await find.ExecuteScalarAsync(ct) is not int pid || !Signals.Kill(pid))
        {
            return false;
        }

        // The server ends all its other processes, ours too, since one may have left shared memory in disorder.
        return await HoldsAsync(async () => !await AnswersAsync(connection, ct), ct) && await HoldsAsync(IsThereAsync, ct);
    }

    private async Task<bool> KillServerAsync(CancellationToken ct)
    {
        var pid = rig.Database.Pid;
        var children = (await ChildProcess.RunAsync("ps", ["-o", "pid=", "--ppid", $"{pid}"], ct)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var wasThere = Signals.Kill(pid);
        foreach (var child in children)
        {
            Signals.Kill(int.Parse(child));
        }

        return await HoldsAsync(() => Task.FromResult(rig.Database.Pid != pid), ct) && await HoldsAsync(IsThereAsync, ct) && wasThere;
    }

    private async Task<bool> FillDiskAsync(CancellationToken ct)
    {
        load.WritesMuch = true;
        var before = load.Unavailable;
        try
        {
            var isFull = await rig.Disk!.FillAsync(ct);
            var isNoticed = await HoldsAsync(() => Task.FromResult(load.Unavailable > before), ct);
            await Task.Delay(rig.Plan.Trouble, ct);
            return isFull && isNoticed;
        }
        finally
        {
            load.WritesMuch = false;
            await rig.Disk!.FreeAsync(CancellationToken.None);
        }
    }

    private async Task<bool> SlowPlatformAsync(SimulatedBehaviour behaviour, CancellationToken ct)
    {
        var before = rig.Platform.Simulator.Ledger.Sends.Count;
        Behave(behaviour);
        try
        {
            await Task.Delay(rig.Plan.Trouble, ct);
            return await HoldsAsync(() => Task.FromResult(rig.Platform.Simulator.Ledger.Sends.Count > before), ct);
        }
        finally
        {
            Behave(Usual);
        }
    }

    private async Task<bool> BreakPlatformAsync(SimulatedBehaviour behaviour, CancellationToken ct)
    {
        var before = rig.Tenants.Sum(t => t.Account.Failed);
        Behave(behaviour with { Times = 3 });
        try
        {
            await Task.Delay(rig.Plan.Trouble, ct);
            return await HoldsAsync(() => Task.FromResult(rig.Tenants.Sum(t => t.Account.Failed) > before), ct);
        }
        finally
        {
            Behave(Usual);
        }
    }

    private void Behave(SimulatedBehaviour behaviour) => rig.Tenants.ForEach(tenant => tenant.Account.Behaviour = behaviour);

    private async Task<bool> IsThereAsync()
    {
        await using var connection = new NpgsqlConnection(rig.Database.AsSuperuser(BenchDatabase.Product));
        try
        {
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        try
        {
            await using var ask = new NpgsqlCommand("select 1", connection);
            await ask.ExecuteScalarAsync(ct);
            return true;
        }
        catch (Exception away) when (away is NpgsqlException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition, CancellationToken ct)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(100, ct))
        {
            if (await condition())
            {
                return true;
            }
        }

        return false;
    }
}

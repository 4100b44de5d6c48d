namespace Omni.Bench.Chaos;

/// <summary>How much happens in a run.</summary>
internal sealed record ChaosPlan
{
    /// <summary>Decides everything that is left to chance but the machine's own timing.</summary>
    internal required int Seed { get; init; }

    /// <summary>Organizations, each with one WhatsApp number.</summary>
    internal required int Tenants { get; init; }

    /// <summary>People who write to each of them.</summary>
    internal required int People { get; init; }

    /// <summary>Messages and edits that must have been sent at least.</summary>
    internal required int Events { get; init; }

    /// <summary>New messages a second over all organizations.</summary>
    internal required double PerSecond { get; init; }

    /// <summary>Replies that must have been taken at least.</summary>
    internal required int Replies { get; init; }

    /// <summary>Old events that are sent once more at least.</summary>
    internal required int Replayed { get; init; }

    /// <summary>How long after the first one a copy of an event may come.</summary>
    internal required TimeSpan CopiesWithin { get; init; }

    /// <summary>How long a frozen program stands still; longer than <see cref="Lease"/>.</summary>
    internal required TimeSpan Frozen { get; init; }

    /// <summary>How long Redis is silent or away, the disk full, the clock wrong.</summary>
    internal required TimeSpan Trouble { get; init; }

    /// <summary>How long a claim on a message to send holds.</summary>
    internal required TimeSpan Lease { get; init; }

    /// <summary>Time until everything must have come to rest after the load.</summary>
    internal required TimeSpan Settles { get; init; }

    /// <summary>What goes wrong on the side of the programs, in this order.</summary>
    internal required IReadOnlyList<FaultKind> Programs { get; init; }

    /// <summary>What goes wrong around them at the same time, in this order.</summary>
    internal required IReadOnlyList<FaultKind> Surroundings { get; init; }

    /// <summary>The full plan: 20 kills, 100,000 old events.</summary>
    internal static ChaosPlan Long(int seed) => new()
    {
        Seed = seed, Tenants = 20, People = 40, Events = 8_000, PerSecond = 20, Replies = 1_000, Replayed = 100_000,
        CopiesWithin = TimeSpan.FromSeconds(60), Frozen = TimeSpan.FromSeconds(60), Trouble = TimeSpan.FromSeconds(10), Lease = TimeSpan.FromSeconds(20), Settles = TimeSpan.FromMinutes(5),
        Programs = Shuffled(seed, (FaultKind.KillProgram, 20), (FaultKind.Freeze, 2), (FaultKind.ClockAhead, 2), (FaultKind.RollingRestart, 2)),
        Surroundings = Shuffled(
            seed + 1, (FaultKind.KillBackend, 5), (FaultKind.KillServer, 5), (FaultKind.DiskFull, 2), (FaultKind.RedisKilled, 3), (FaultKind.RedisEmptied, 3), (FaultKind.RedisSilent, 3),
            (FaultKind.PlatformSlow, 2), (FaultKind.PlatformTooMany, 3), (FaultKind.PlatformAway, 3), (FaultKind.PlatformBroken, 3), (FaultKind.AnswerLost, 5),
            (FaultKind.RequestLost, 3), (FaultKind.AnswerGarbage, 3), (FaultKind.StatusFirst, 3)),
    };

    /// <summary>Every kind of fault once, in less than three minutes.</summary>
    internal static ChaosPlan Short(int seed) => new()
    {
        Seed = seed, Tenants = 4, People = 8, Events = 400, PerSecond = 12, Replies = 60, Replayed = 2_000,
        CopiesWithin = TimeSpan.FromSeconds(10), Frozen = TimeSpan.FromSeconds(8), Trouble = TimeSpan.FromSeconds(3), Lease = TimeSpan.FromSeconds(4), Settles = TimeSpan.FromSeconds(60),
        Programs = Shuffled(seed, (FaultKind.KillProgram, 3), (FaultKind.Freeze, 1), (FaultKind.ClockAhead, 1), (FaultKind.RollingRestart, 1)),
        Surroundings = Shuffled(
            seed + 1, (FaultKind.KillBackend, 1), (FaultKind.KillServer, 1), (FaultKind.DiskFull, 1), (FaultKind.RedisKilled, 1), (FaultKind.RedisEmptied, 1), (FaultKind.RedisSilent, 1),
            (FaultKind.PlatformSlow, 1), (FaultKind.PlatformTooMany, 1), (FaultKind.PlatformAway, 1), (FaultKind.PlatformBroken, 1), (FaultKind.AnswerLost, 1),
            (FaultKind.RequestLost, 1), (FaultKind.AnswerGarbage, 1), (FaultKind.StatusFirst, 1)),
    };

    /// <summary>A short run with only the faults that a control needs: for the lease, programs that stand still while the platform has taken messages and not answered yet.</summary>
    internal static ChaosPlan For(ChaosControl control, int seed)
    {
        var plan = Short(seed) with { Events = 150, Replies = 40, Replayed = 200, Settles = TimeSpan.FromSeconds(20), Programs = [], Surroundings = [] };
        return control == ChaosControl.Lease
            ? plan with
            {
                Replies = 150, Trouble = TimeSpan.FromSeconds(10),
                Programs = [.. Enumerable.Repeat(FaultKind.Freeze, 4)], Surroundings = [.. Enumerable.Repeat(FaultKind.StatusFirst, 5)],
            }
            : plan;
    }

    private static List<FaultKind> Shuffled(int seed, params ReadOnlySpan<(FaultKind Kind, int Times)> wanted)
    {
        var all = new List<FaultKind>();
        foreach (var (kind, times) in wanted)
        {
            all.AddRange(Enumerable.Repeat(kind, times));
        }

        var order = all.ToArray();
        new Random(seed).Shuffle(order);
        return [.. order];
    }
}

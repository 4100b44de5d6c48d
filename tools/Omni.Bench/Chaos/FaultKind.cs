namespace Omni.Bench.Chaos;

/// <summary>What can go wrong.</summary>
internal enum FaultKind
{
    /// <summary>A program is killed and started again.</summary>
    KillProgram,

    /// <summary>A program stands still for longer than its leases.</summary>
    Freeze,

    /// <summary>One program's clock is an hour ahead for a while, then right again.</summary>
    ClockAhead,

    /// <summary>Both programs are restarted in good order, one after the other.</summary>
    RollingRestart,

    /// <summary>One of PostgreSQL's processes is killed, which makes the server start over.</summary>
    KillBackend,

    /// <summary>The whole PostgreSQL server is killed.</summary>
    KillServer,

    /// <summary>The disk of the deliveries has no room.</summary>
    DiskFull,

    /// <summary>Redis is killed and started again.</summary>
    RedisKilled,

    /// <summary>Redis forgets everything.</summary>
    RedisEmptied,

    /// <summary>Redis is there but does not answer.</summary>
    RedisSilent,

    /// <summary>The platform takes long for every send.</summary>
    PlatformSlow,

    /// <summary>The platform answers 429 with a wait.</summary>
    PlatformTooMany,

    /// <summary>The platform answers 503 with its documented error.</summary>
    PlatformAway,

    /// <summary>The platform takes the message and answers 502 with a page of HTML.</summary>
    PlatformBroken,

    /// <summary>The platform takes the message and the connection is cut before its answer.</summary>
    AnswerLost,

    /// <summary>The connection is cut before the platform takes the message.</summary>
    RequestLost,

    /// <summary>The platform takes the message and answers nonsense.</summary>
    AnswerGarbage,

    /// <summary>The platform reports the states of a message before it answers the send.</summary>
    StatusFirst,
}

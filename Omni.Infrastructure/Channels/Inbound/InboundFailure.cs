using Npgsql;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>Tells failures apart.</summary>
internal static class InboundFailure
{
    /// <summary>True for what applying can cause; a stop of the program is not.</summary>
    internal static bool IsOurs(Exception failure) => failure is not (OperationCanceledException or OutOfMemoryException);

    /// <summary>True for a race about a unique value, or for a value that will always collide.</summary>
    internal static bool IsCollision(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>True when trying again can help: the connection, a lock, a race with another writer, a lack of space.</summary>
    internal static bool IsPassing(Exception failure) => failure switch
    {
        _ when IsCollision(failure) => true,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => true,
        PostgresException refused => refused.IsTransient || refused.SqlState.StartsWith("53", StringComparison.Ordinal) || refused.SqlState.StartsWith("57", StringComparison.Ordinal),
        NpgsqlException => true,
        TimeoutException or IOException => true,
        _ => false,
    };

    /// <summary>A sentence for the administrator, without content of messages.</summary>
    internal static string Words(Exception failure) => failure switch
    {
        FormatException unreadable => unreadable.Message,
        PostgresException refused => $"The database refused it: {refused.SqlState} {refused.ConstraintName ?? refused.ColumnName ?? refused.Routine}",
        _ => $"It could not be applied: {failure.GetType().Name}",
    };
}

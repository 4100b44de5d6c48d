namespace Omni.Infrastructure.Data.Embedded;

/// <summary>The embedded server's settings: for a small machine that also runs Omni, and never at the price of a lost commit.</summary>
internal static class ServerSettings
{
    /// <summary>Connections Omni's own pool may open; the rest is for a backup and a person with psql.</summary>
    public const int PoolSize = 40;

    /// <summary>Names and values given on the server's command line. fsync, synchronous_commit and full_page_writes stay on.</summary>
    public static IEnumerable<string> CommandLine(int port) => new[]
    {
        $"port={port}",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=", // a socket's path may have 107 bytes only
        $"max_connections={PoolSize + 20}",
        "shared_buffers=128MB",
        "effective_cache_size=512MB",
        "work_mem=8MB",
        "maintenance_work_mem=64MB",
        "max_wal_size=512MB",
        "random_page_cost=1.1",
        "jit=off",
        "fsync=on",
        "synchronous_commit=on",
        "full_page_writes=on",
        "idle_in_transaction_session_timeout=15s", // a forgotten transaction would hold the event feed
        "timezone=UTC",
        "log_timezone=UTC",
        "logging_collector=on",
        "log_directory=log",
        "log_filename=server-%a.log",
        "log_truncate_on_rotation=on",
        "log_rotation_age=1d",
        "log_rotation_size=0",
        "log_error_verbosity=terse", // details of an error quote values, such as an e-mail address
    }.SelectMany(setting => new[] { "-c", setting });

    /// <summary>The locale of a new cluster: bytewise order, Unicode letters, the same on every machine.</summary>
    public static IEnumerable<string> Locale(int major) => major >= 17
        ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        : ["--locale=C.UTF-8"];
}

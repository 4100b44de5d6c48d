using Npgsql;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Bench.Rig;

/// <summary>A private PostgreSQL with the settings that Omni gives its own: every commit reaches the disk.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    /// <summary>Name of Omni's database.</summary>
    internal const string Product = "product";

    /// <summary>Name of the anchor's database.</summary>
    internal const string Anchor = "anchor";

    private const int AnchorConnections = 16;
    private const int ProductConnections = 36; // together below the server's 60

    private readonly DirectoryInfo _folder;
    private readonly bool _isProfiled;
    private readonly bool _isKept;
    private EmbeddedPostgres _server;

    private BenchDatabase(EmbeddedPostgres server, DirectoryInfo folder, bool isProfiled, bool isKept) =>
        (_server, _folder, _isProfiled, _isKept) = (server, folder, isProfiled, isKept);

    /// <summary>µs of CPU of all its processes.</summary>
    internal double CpuMicros => CpuTimes.Tree(_server.State.Pid);

    /// <summary>Process id of the server; another one after a crash.</summary>
    internal int Pid => _server.State.Pid;

    /// <summary>Makes and starts one.</summary>
    /// <param name="isProfiled">Whether statements are counted, which costs a little.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="keep">Folder to keep it in, found again by the next run; empty for one that is removed at the end.</param>
    internal static async Task<BenchDatabase> StartAsync(bool isProfiled, CancellationToken ct, string keep = "")
    {
        var folder = keep.Length == 0 ? Directory.CreateTempSubdirectory("omni-bench-") : Directory.CreateDirectory(keep);
        File.SetUnixFileMode(folder.FullName, folder.UnixFileMode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var database = new BenchDatabase(await EmbeddedPostgres.StartAsync(new DataFolder(folder.FullName), null, TextWriter.Null, ct), folder, isProfiled, keep.Length > 0);
        if (!isProfiled)
        {
            return database;
        }

        await database.RestartAsync(["shared_preload_libraries = 'pg_stat_statements'"], ct);
        await ExecuteAsync(database.AsSuperuser("postgres"), "create extension if not exists pg_stat_statements", ct);
        return database;
    }

    /// <summary>Restarts the server so that it writes large tables once instead of twice. What it holds must not matter.</summary>
    internal Task BeginFillingAsync(CancellationToken ct) => RestartAsync(["wal_level = minimal", "max_wal_senders = 0", "autovacuum = off"], ct);

    /// <summary>Restarts it as it is in use.</summary>
    internal async Task EndFillingAsync(CancellationToken ct)
    {
        await RestartAsync(["wal_level = default", "max_wal_senders = default", "autovacuum = default"], ct);
        await CheckpointAsync(ct);
    }

    /// <summary>What <see cref="SetMarkAsync"/> wrote on a database; null when there is none.</summary>
    internal async Task<string?> MarkAsync(string name, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(AsSuperuser("postgres"));
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select shobj_description(oid, 'pg_database') from pg_database where datname = $1", connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(ct) as string;
    }

    /// <summary>Notes what a database holds.</summary>
    internal Task SetMarkAsync(string name, string mark, CancellationToken ct) => ExecuteAsync(AsSuperuser("postgres"), $"comment on database {name} is '{mark}'", ct);

    /// <summary>Runs statements as the superuser, for as long as they take.</summary>
    internal Task ExecuteAsSuperuserAsync(string name, string sql, CancellationToken ct) => ExecuteAsync(AsSuperuser(name), sql, ct);

    /// <summary>Forgets the statements counted so far.</summary>
    internal Task BeginProfileAsync(CancellationToken ct) =>
        _isProfiled ? ExecuteAsync(AsSuperuser("postgres"), "select pg_stat_statements_reset()", ct) : Task.CompletedTask;

    /// <summary>The statements of a database that took most time since <see cref="BeginProfileAsync"/>; none when nothing was counted.</summary>
    /// <param name="name">The database.</param>
    /// <param name="messages">Messages in that time.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task<IReadOnlyList<object>> ProfileAsync(string name, long messages, CancellationToken ct)
    {
        var lines = new List<object>();
        if (!_isProfiled)
        {
            return lines;
        }

        await using var connection = new NpgsqlConnection(AsSuperuser("postgres"));
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("""
            select regexp_replace(query, '\s+', ' ', 'g'), calls, total_exec_time * 1000, rows, shared_blks_hit + shared_blks_read
            from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1 and toplevel order by total_exec_time desc limit 20
            """, connection) { Parameters = { new() { Value = name } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var (calls, micros) = (reader.GetInt64(1), reader.GetDouble(2));
            lines.Add(new
            {
                microsPerMessage = Math.Round(micros / messages, 1), calls, microsPerCall = Math.Round(micros / calls, 1),
                rows = reader.GetInt64(3), blocks = reader.GetInt64(4), statement = reader.GetString(0),
            });
        }

        return lines;
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>How to reach it as its owner.</returns>
    internal async Task<string> CreateAsync(string name, CancellationToken ct)
    {
        await ExecuteAsync(AsSuperuser("postgres"), $"drop database if exists {name} with (force)", ct);
        await ExecuteAsync(AsSuperuser("postgres"), $"create database {name} owner {Cluster.Login}", ct);
        return AsOwner(name);
    }

    /// <summary>Writes everything to the disk now, so that the next measurement does not pay for the one before.</summary>
    internal Task CheckpointAsync(CancellationToken ct) => ExecuteAsync(AsSuperuser("postgres"), "checkpoint", ct);

    /// <summary>Runs statements.</summary>
    internal static async Task ExecuteAsync(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Reads one number.</summary>
    internal static async Task<long> CountAsync(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (!_isKept)
        {
            _folder.Delete(recursive: true);
        }
    }

    /// <summary>Connects as the superuser, who sees behind the walls.</summary>
    internal string AsSuperuser(string database) => Cluster.ConnectionString(_server.State, Cluster.Superuser, _server.State.SuperuserPassword, database);

    /// <summary>How to reach a database as its owner.</summary>
    internal string AsOwner(string database) => Cluster.ConnectionString(
        _server.State, Cluster.Login, _server.State.LoginPassword, database, database == Product ? ProductConnections : AnchorConnections);

    private async Task RestartAsync(string[] settings, CancellationToken ct)
    {
        foreach (var setting in settings)
        {
            await ExecuteAsync(AsSuperuser("postgres"), $"alter system set {setting}", ct);
        }

        NpgsqlConnection.ClearAllPools();
        await _server.DisposeAsync();
        _server = await EmbeddedPostgres.StartAsync(new DataFolder(_folder.FullName), null, TextWriter.Null, ct);
    }
}

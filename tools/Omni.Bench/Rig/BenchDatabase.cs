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

    private readonly EmbeddedPostgres _server;
    private readonly DirectoryInfo _folder;
    private readonly bool _isProfiled;

    private BenchDatabase(EmbeddedPostgres server, DirectoryInfo folder, bool isProfiled) => (_server, _folder, _isProfiled) = (server, folder, isProfiled);

    /// <summary>µs of CPU of all its processes.</summary>
    internal double CpuMicros => CpuTimes.Tree(_server.State.Pid);

    /// <summary>Process id of the server; another one after a crash.</summary>
    internal int Pid => _server.State.Pid;

    /// <summary>Makes and starts one.</summary>
    /// <param name="isProfiled">Whether statements are counted, which costs a little.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<BenchDatabase> StartAsync(bool isProfiled, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("omni-bench-");
        File.SetUnixFileMode(folder.FullName, folder.UnixFileMode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var data = new DataFolder(folder.FullName);
        var database = new BenchDatabase(await EmbeddedPostgres.StartAsync(data, null, TextWriter.Null, ct), folder, isProfiled);
        if (!isProfiled)
        {
            return database;
        }

        await ExecuteAsync(database.AsSuperuser("postgres"), "alter system set shared_preload_libraries = 'pg_stat_statements'", ct);
        await database._server.DisposeAsync();
        database = new BenchDatabase(await EmbeddedPostgres.StartAsync(data, null, TextWriter.Null, ct), folder, isProfiled);
        await ExecuteAsync(database.AsSuperuser("postgres"), "create extension pg_stat_statements", ct);
        return database;
    }

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
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
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
        _folder.Delete(recursive: true);
    }

    /// <summary>Connects as the superuser, who sees behind the walls.</summary>
    internal string AsSuperuser(string database) => Cluster.ConnectionString(_server.State, Cluster.Superuser, _server.State.SuperuserPassword, database);

    private string AsOwner(string database) => Cluster.ConnectionString(
        _server.State, Cluster.Login, _server.State.LoginPassword, database, database == Product ? ProductConnections : AnchorConnections);
}

using Npgsql;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Bench.Rig;

/// <summary>A private PostgreSQL with the settings that Omni gives its own: every commit reaches the disk.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres _server;
    private readonly DirectoryInfo _folder;

    private BenchDatabase(EmbeddedPostgres server, DirectoryInfo folder) => (_server, _folder) = (server, folder);

    /// <summary>µs of CPU of all its processes.</summary>
    internal double CpuMicros => CpuTimes.Tree(_server.State.Pid);

    /// <summary>Makes and starts one.</summary>
    internal static async Task<BenchDatabase> StartAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("omni-bench-");
        File.SetUnixFileMode(folder.FullName, folder.UnixFileMode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return new BenchDatabase(await EmbeddedPostgres.StartAsync(new DataFolder(folder.FullName), null, TextWriter.Null, ct), folder);
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>How to reach it as its owner.</returns>
    internal async Task<string> CreateAsync(string name, CancellationToken ct)
    {
        await ExecuteAsync(As(Cluster.Superuser, "postgres"), $"drop database if exists {name} with (force)", ct);
        await ExecuteAsync(As(Cluster.Superuser, "postgres"), $"create database {name} owner {Cluster.Login}", ct);
        return As(Cluster.Login, name);
    }

    /// <summary>Writes everything to the disk now, so that the next measurement does not pay for the one before.</summary>
    internal Task CheckpointAsync(CancellationToken ct) => ExecuteAsync(As(Cluster.Superuser, "postgres"), "checkpoint", ct);

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

    private string As(string role, string database) =>
        Cluster.ConnectionString(_server.State, role, role == Cluster.Login ? _server.State.LoginPassword : _server.State.SuperuserPassword, database, role == Cluster.Login ? 32 : 0);
}

using System.Text;
using Npgsql;
using Omni.Core.Operations;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Infrastructure.Data.Backups;

/// <summary>
/// Copies a running cluster by PostgreSQL's low-level backup interface: files first, then the write-ahead log of the time the copy
/// took, which makes them consistent (https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP).
/// </summary>
internal sealed class ClusterCopy(DataFolder folder, BackupArchive archive)
{
    private const string Prefix = "postgres/cluster/";

    // Folders whose content the server makes anew; the folders themselves must be there.
    private static readonly string[] EmptyFolders =
        ["pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans", "pg_wal", "log"];

    private static readonly string[] LeftOutFiles = ["postmaster.pid", "postmaster.opts", "start.log", "backup_label", "tablespace_map", "pg_internal.init"];

    /// <summary>Adds the cluster and its state file to the archive.</summary>
    /// <exception cref="StartupException">The server cannot be reached.</exception>
    public async Task WriteAsync(ServerState state, CancellationToken ct)
    {
        await using var server = new NpgsqlConnection(Cluster.ConnectionString(state, Cluster.Superuser, state.SuperuserPassword, "postgres"));
        try
        {
            await server.OpenAsync(ct);
        }
        catch (NpgsqlException unreachable)
        {
            throw new StartupException($"--backup: the database server of {folder.Root} does not answer ({unreachable.Message}). Is Omni just starting or stopping?", unreachable);
        }

        // The slot keeps the write-ahead log of the copy's time; as a temporary one it goes with the connection.
        await RowAsync(server, "select pg_create_physical_replication_slot('omni_backup_' || pg_backend_pid(), true, true)", ct);
        var first = (string)(await RowAsync(server, "select pg_walfile_name(pg_backup_start('omni', true))", ct))[0];
        await CopyFilesAsync(ct);
        var end = await RowAsync(server, "select pg_walfile_name(lsn), labelfile from pg_backup_stop(false)", ct);
        await archive.AddAsync(Prefix + "backup_label", Encoding.UTF8.GetBytes((string)end[1]), ct);
        await CopyLogAsync(first, (string)end[0], ct);
        await archive.AddFileAsync("postgres/omni.json", folder.StateFile, ct);
    }

    private static async Task<object[]> RowAsync(NpgsqlConnection server, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, server) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        return row;
    }

    private async Task CopyFilesAsync(CancellationToken ct)
    {
        foreach (var path in Directory.EnumerateDirectories(folder.Cluster, "*", SearchOption.AllDirectories))
        {
            var name = Relative(path);
            if (!EmptyFolders.Contains(name.Split('/')[0]) || EmptyFolders.Contains(name))
            {
                await archive.AddFolderAsync(Prefix + name, ct);
            }
        }

        // The server looks for it even when it is empty.
        await archive.AddFolderAsync(Prefix + "pg_wal/archive_status", ct);
        foreach (var path in Directory.EnumerateFiles(folder.Cluster, "*", SearchOption.AllDirectories))
        {
            var name = Relative(path);
            if (!EmptyFolders.Contains(name.Split('/')[0]) && !name.Contains("pgsql_tmp") && !LeftOutFiles.Contains(Path.GetFileName(path)) && name != "global/pg_control")
            {
                await archive.AddFileAsync(Prefix + name, path, ct);
            }
        }

        await archive.AddFileAsync(Prefix + "global/pg_control", Path.Combine(folder.Cluster, "global", "pg_control"), ct);
    }

    private async Task CopyLogAsync(string first, string last, CancellationToken ct)
    {
        var segments = new DirectoryInfo(Path.Combine(folder.Cluster, "pg_wal")).GetFiles()
            .Where(f => f.Name.Length == 24 && string.CompareOrdinal(f.Name, first) >= 0 && string.CompareOrdinal(f.Name, last) <= 0);
        foreach (var segment in segments.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            await archive.AddFileAsync($"{Prefix}pg_wal/{segment.Name}", segment.FullName, ct);
        }
    }

    private string Relative(string path) => Path.GetRelativePath(folder.Cluster, path).Replace('\\', '/');
}

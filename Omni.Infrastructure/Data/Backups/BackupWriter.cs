using Omni.Core.Operations;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Infrastructure.Data.Backups;

/// <summary>
/// Writes the data folder into one file. The database goes first: a file that a row names was stored before the row, so it is there
/// when the files follow.
/// </summary>
internal sealed class BackupWriter(DataFolder folder, string? binDirectory, TextWriter output)
{
    // What a folder of files does not carry along: the lock, unfinished work, and the database, which has its own way.
    private static readonly string[] LeftOut = ["omni.lock", "omni.holder.json", "restore.partial", "postgres"];

    /// <summary>Writes the backup; it gets its name when it is complete.</summary>
    /// <exception cref="StartupException">The file exists, or there is nothing to back up.</exception>
    public async Task WriteAsync(string file, bool withDatabase, CancellationToken ct)
    {
        if (File.Exists(file))
        {
            throw new StartupException($"--backup: {file} exists already. Give another name.");
        }

        if (!Directory.Exists(folder.Root) || (withDatabase && folder.ClusterMajor is null))
        {
            throw new StartupException($"--backup: there is no data of Omni in {folder.Root}. Set Omni:DataDirectory.");
        }

        var unfinished = file + ".part";
        try
        {
            await using (var archive = new BackupArchive(unfinished))
            {
                await WriteAsync(archive, file, withDatabase, ct);
            }

            File.Move(unfinished, file);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--backup: {file} cannot be written: {failed.Message}", failed);
        }
        finally
        {
            File.Delete(unfinished);
        }

        await output.WriteLineAsync($"Backup written to {file} ({new FileInfo(file).Length / 1024.0 / 1024.0:0.0} MB). It holds keys and passwords: keep it as safe as the data.");
    }

    private async Task WriteAsync(BackupArchive archive, string file, bool withDatabase, CancellationToken ct)
    {
        var major = withDatabase ? folder.ClusterMajor : null;
        var product = typeof(BackupWriter).Assembly.GetName().Version?.ToString() ?? "";
        var manifest = new BackupManifest(BackupManifest.CurrentFormat, TimeProvider.System.GetUtcNow(), product, major);
        await archive.AddAsync(BackupManifest.EntryName, manifest.ToBytes(), ct);
        if (withDatabase)
        {
            await WithServerAsync(state => new ClusterCopy(folder, archive).WriteAsync(state, ct), ct);
        }

        foreach (var path in Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder.Root, path).Replace('\\', '/');
            if (!LeftOut.Contains(name.Split('/')[0]) && path != file && path != file + ".part")
            {
                await archive.AddFileAsync(name, path, ct);
            }
        }

        await archive.AddAsync(BackupManifest.EndName, [], ct);
    }

    // The server of a running Omni is used as it is; otherwise one is started for the copy.
    private async Task WithServerAsync(Func<ServerState, Task> copy, CancellationToken ct)
    {
        using var held = FolderLock.TryTake(folder);
        if (held is null)
        {
            await copy(ServerState.Read(folder) ?? throw new StartupException(FolderLock.Refusal(folder)));
            return;
        }

        await using var server = await EmbeddedPostgres.StartAsync(held, folder, binDirectory, output, ct);
        await copy(server.State);
    }
}

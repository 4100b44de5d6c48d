using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Omni.Core.Operations;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Infrastructure.Data.Backups;

/// <summary>Fills an empty data folder from a backup.</summary>
internal sealed class BackupReader(DataFolder folder, string? binDirectory, TextWriter output)
{
    /// <summary>Restores into a side folder, moves everything to its place when it is complete, and starts the database once.</summary>
    /// <exception cref="StartupException">The folder is in use or not empty, or the file is no complete backup.</exception>
    public async Task RestoreAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new StartupException($"--restore: {file} does not exist.");
        }

        using var held = FolderLock.Take(folder);
        RemoveUnfinished(); // of a restore that was interrupted
        RefuseFull();
        BackupManifest manifest;
        try
        {
            manifest = await ExtractAsync(file, ct);
        }
        catch
        {
            RemoveUnfinished();
            throw;
        }

        MoveIntoPlace();
        if (manifest.PostgresMajor is null)
        {
            await output.WriteLineAsync($"Files and keys restored to {folder.Root}. The backup holds no database.");
            return;
        }

        await ProveAsync(held, ct);
        await output.WriteLineAsync($"Restored to {folder.Root} as of {manifest.CreatedAt:yyyy-MM-dd HH:mm} UTC.");
    }

    private void RefuseFull()
    {
        var others = Directory.EnumerateFileSystemEntries(folder.Root).Where(e => e != folder.LockFile && e != folder.HolderFile && e != folder.Postgres)
            .Concat(Directory.EnumerateFileSystemEntries(folder.Postgres));
        if (others.FirstOrDefault() is { } first)
        {
            throw new StartupException($"--restore: {folder.Root} is not empty ({Path.GetRelativePath(folder.Root, first)}). Move it away, or set Omni:DataDirectory to an empty folder.");
        }
    }

    private void RemoveUnfinished()
    {
        if (Directory.Exists(folder.UnfinishedRestore))
        {
            Directory.Delete(folder.UnfinishedRestore, recursive: true);
        }
    }

    private async Task<BackupManifest> ExtractAsync(string file, CancellationToken ct)
    {
        try
        {
            await using var compressed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            await using var tar = new TarReader(compressed);
            var manifest = await ReadManifestAsync(tar, ct);
            Directory.CreateDirectory(folder.UnfinishedRestore);
            while (await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
            {
                if (entry.Name == BackupManifest.EndName)
                {
                    return manifest;
                }

                await PlaceAsync(entry, ct);
            }

            throw new StartupException($"--restore: {file} is cut off: its end is missing.");
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException or JsonException)
        {
            throw new StartupException($"--restore: {file} is no backup of Omni, or it is damaged.", damaged);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--restore: {refused.Message}", refused);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(TarReader tar, CancellationToken ct)
    {
        var first = await tar.GetNextEntryAsync(cancellationToken: ct);
        var manifest = first is { Name: BackupManifest.EntryName, DataStream: { } content } ? BackupManifest.Read(content) : null;
        return manifest switch
        {
            null => throw new InvalidDataException("The first entry is no manifest."),
            { Format: not BackupManifest.CurrentFormat } => throw new StartupException($"--restore: the backup has format {manifest.Format}, which this version of Omni cannot read."),
            _ => manifest,
        };
    }

    private async Task PlaceAsync(TarEntry entry, CancellationToken ct)
    {
        var path = Path.GetFullPath(Path.Combine(folder.UnfinishedRestore, entry.Name));
        if (!path.StartsWith(folder.UnfinishedRestore + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InvalidDataException("An entry leaves the folder.");
        }

        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                break;
            case TarEntryType.RegularFile:
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using (var target = PrivateFile.Create(path))
                {
                    await (entry.DataStream ?? Stream.Null).CopyToAsync(target, ct);
                    target.Flush(flushToDisk: true);
                }

                break;
            default:
                throw new InvalidDataException($"An entry has the type {entry.EntryType}.");
        }
    }

    private void MoveIntoPlace()
    {
        // As long as the side folder is there, no start takes the folder for complete.
        Directory.Delete(folder.Postgres);
        foreach (var path in Directory.GetFileSystemEntries(folder.UnfinishedRestore))
        {
            Directory.Move(path, Path.Combine(folder.Root, Path.GetFileName(path)));
        }

        folder.Create();
        Directory.Delete(folder.UnfinishedRestore);
    }

    // Recovery happens here, under the eyes of the person who restores, and not at the next start.
    private async Task ProveAsync(FolderLock held, CancellationToken ct)
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            File.SetUnixFileMode(folder.Cluster, owner); // the server refuses a folder that others can read
        }

        await using var server = await EmbeddedPostgres.StartAsync(held, folder, binDirectory, output, ct);
    }
}

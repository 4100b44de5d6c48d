using System.Formats.Tar;
using System.IO.Compression;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Infrastructure.Data.Backups;

/// <summary>A compressed tar file while it is written; readable by its owner only, because it holds keys and passwords.</summary>
internal sealed class BackupArchive : IAsyncDisposable
{
    private readonly GZipStream _compressed;
    private readonly TarWriter _tar;

    public BackupArchive(string file)
    {
        _compressed = new GZipStream(PrivateFile.Create(file), CompressionLevel.Fastest);
        _tar = new TarWriter(_compressed, TarEntryFormat.Pax);
    }

    /// <summary>Adds bytes as a file.</summary>
    public Task AddAsync(string name, byte[] content, CancellationToken ct) => AddAsync(name, new MemoryStream(content), ct);

    /// <summary>Adds a file as long as it is now; a file that is gone by now is left out.</summary>
    public async Task AddFileAsync(string name, string path, CancellationToken ct)
    {
        FileStream source;
        try
        {
            source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return; // a table was dropped or an upload removed while the backup runs
        }

        await using (source)
        {
            await using var content = new FixedLengthStream(source, source.Length);
            await AddAsync(name, content, ct);
        }
    }

    /// <summary>Adds an empty folder.</summary>
    public Task AddFolderAsync(string name, CancellationToken ct) => _tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, name + "/"), ct);

    /// <summary>Ends the archive.</summary>
    public async ValueTask DisposeAsync()
    {
        await _tar.DisposeAsync();
        await _compressed.DisposeAsync();
    }

    private Task AddAsync(string name, Stream content, CancellationToken ct) =>
        _tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content }, ct);
}

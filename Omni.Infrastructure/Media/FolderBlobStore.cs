using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Omni.Core.Media;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Media;

/// <summary>Files in <c>{DataDirectory}/files</c>, spread over 65,536 folders. Written beside, flushed to disk and then renamed, so that a key never names half a file.</summary>
internal sealed class FolderBlobStore(IOptions<OmniOptions> options) : IBlobStore
{
    private const int KeyLength = 40;

    private readonly string _root = Path.Combine(options.Value.FullDataDirectory, "files");

    private string Unfinished => Path.Combine(_root, "unfinished");

    public async Task<StoredBlob?> SaveAsync(Stream content, long limit, CancellationToken ct)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyLength / 2));
        Directory.CreateDirectory(Unfinished);
        var temporary = Path.Combine(Unfinished, key);
        try
        {
            long size;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 81920, FileOptions.Asynchronous))
            {
                size = await CopyAsync(content, file, limit, ct);
                if (size > limit)
                {
                    return null;
                }

                await file.FlushAsync(ct);
                file.Flush(flushToDisk: true);
            }

            var final = PathOf(key);
            Directory.CreateDirectory(Path.GetDirectoryName(final)!);
            File.Move(temporary, final);
            return new StoredBlob(key, size);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public Task<Stream?> OpenAsync(string key, CancellationToken ct)
    {
        try
        {
            return Task.FromResult<Stream?>(IsKey(key)
                ? new FileStream(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 81920, FileOptions.Asynchronous)
                : null);
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task DeleteAsync(string key, CancellationToken ct)
    {
        if (IsKey(key) && Directory.Exists(Path.GetDirectoryName(PathOf(key))))
        {
            File.Delete(PathOf(key));
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        if (!Directory.Exists(_root))
        {
            yield break;
        }

        await Task.Yield();
        foreach (var file in new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            // Unfinished files are listed too: those a crash left behind are removed like any other that no row names.
            if (IsKey(file.Name))
            {
                yield return new BlobEntry(file.Name, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
            }
        }
    }

    /// <summary>Copies at most one byte more than <paramref name="limit"/>, which is enough to know.</summary>
    private static async Task<long> CopyAsync(Stream from, FileStream to, long limit, CancellationToken ct)
    {
        var buffer = new byte[81920];
        long size = 0;
        for (var read = await from.ReadAsync(buffer, ct); read > 0; read = await from.ReadAsync(buffer, ct))
        {
            size += read;
            if (size > limit)
            {
                break;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), ct);
        }

        return size;
    }

    // Keys are our own; the check keeps a key that was tampered with in the database from leaving the folder.
    private static bool IsKey(string key) => key.Length == KeyLength && key.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private string PathOf(string key) => Path.Combine(_root, key[..2], key[2..4], key);
}

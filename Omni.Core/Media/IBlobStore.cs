namespace Omni.Core.Media;

/// <summary>Keeps the bytes of files under random keys. Knows nothing of organizations: who may read a file is decided where its row is.</summary>
public interface IBlobStore
{
    /// <summary>Keeps a stream. Afterwards the bytes are on disk for good; on failure nothing is left.</summary>
    /// <param name="content">The bytes; read to the end or to the limit.</param>
    /// <param name="limit">Largest size in bytes.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Key and size, or null when there were more bytes than <paramref name="limit"/>.</returns>
    Task<StoredBlob?> SaveAsync(Stream content, long limit, CancellationToken ct);

    /// <summary>Opens a file for reading, seekable; null when there is none under this key.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken ct);

    /// <summary>Removes a file; one that is not there is no failure.</summary>
    Task DeleteAsync(string key, CancellationToken ct);

    /// <summary>Every key, with the time it was written, for the removal of files that no row names.</summary>
    IAsyncEnumerable<BlobEntry> ListAsync(CancellationToken ct);
}

/// <summary>A file that was kept.</summary>
/// <param name="Key">Its key: 40 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record StoredBlob(string Key, long Size);

/// <summary>A file in the store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="WrittenAt">When it was kept (UTC).</param>
public sealed record BlobEntry(string Key, DateTimeOffset WrittenAt);

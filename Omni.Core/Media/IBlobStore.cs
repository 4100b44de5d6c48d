namespace Omni.Core.Media;

/// <summary>Keeps the bytes of files. Keys are made here and say nothing about the content.</summary>
public interface IBlobStore
{
    /// <summary>Stores what the stream gives, whole or not at all.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="ct">Stops; nothing is kept then.</param>
    /// <returns>The key and the number of bytes.</returns>
    /// <exception cref="BlobTooLargeException">There were more than <paramref name="limit"/> bytes; nothing is kept.</exception>
    Task<StoredBlob> PutAsync(Stream content, long limit, CancellationToken ct);

    /// <summary>Opens a file for reading, seekable; null when there is none.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken ct);

    /// <summary>Removes a file; one that is not there is no failure.</summary>
    Task DeleteAsync(string key, CancellationToken ct);
}

/// <summary>A stored file.</summary>
/// <param name="Key">Where it is.</param>
/// <param name="Size">Bytes.</param>
public sealed record StoredBlob(string Key, long Size);

/// <summary>A file has more bytes than allowed.</summary>
public sealed class BlobTooLargeException : Exception
{
    /// <summary>Without words.</summary>
    public BlobTooLargeException()
    {
    }

    /// <summary>With words.</summary>
    public BlobTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>With words and cause.</summary>
    public BlobTooLargeException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

using Omni.Core.Common;

namespace Omni.Core.Media;

/// <summary>Small pictures of people and organizations. They are drawn anew where the tool for it is installed, which drops what cameras write into them.</summary>
public sealed class PictureStore(IBlobStore blobs, IThumbnails thumbnails)
{
    /// <summary>Largest picture that can be uploaded, in bytes.</summary>
    public const long MaxBytes = 5 << 20;

    /// <summary>Most pixels: a few bytes can name so many that whoever shows the picture runs out of memory.</summary>
    public const int MaxPixels = 25_000_000;

    private const int Edge = 256;

    /// <summary>Reads, checks and keeps a PNG, JPEG, GIF or WebP picture.</summary>
    /// <returns>Its key.</returns>
    internal async Task<Result<string>> SaveAsync(Stream content, CancellationToken ct)
    {
        using var image = new MemoryStream();
        var buffer = new byte[81920];
        for (var read = await content.ReadAsync(buffer, ct); read > 0; read = await content.ReadAsync(buffer, ct))
        {
            image.Write(buffer, 0, read);
            if (image.Length > MaxBytes)
            {
                return new Refusal.TooLarge($"The picture is larger than {MaxBytes >> 20} MB.");
            }
        }

        var bytes = image.GetBuffer().AsSpan(0, (int)image.Length);
        if (!ContentType.Sniff(bytes).StartsWith("image/", StringComparison.Ordinal) || ImageHeader.Read(bytes) is not var (width, height))
        {
            return new Refusal.Invalid("file", "A PNG, JPEG, GIF or WebP picture is expected.");
        }

        if ((long)width * height > MaxPixels)
        {
            return new Refusal.Invalid("file", $"A picture of at most {MaxPixels / 1_000_000} million pixels is expected; this one has {width} × {height}.");
        }

        image.Position = 0;
        var drawn = await thumbnails.MakeAsync(image, Edge, ct);
        using var stream = new MemoryStream(drawn ?? image.ToArray(), writable: false);
        return (await blobs.SaveAsync(stream, MaxBytes, ct))!.Key;
    }

    /// <summary>Opens a kept picture; null when it is gone.</summary>
    internal async Task<MediaFile?> OpenAsync(string key, string name, CancellationToken ct)
    {
        if (await blobs.OpenAsync(key, ct) is not { } content)
        {
            return null;
        }

        var head = new byte[64];
        var length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        content.Position = 0;
        return new MediaFile(content, ContentType.Sniff(head.AsSpan(0, length)), name, DateTimeOffset.UnixEpoch);
    }

    /// <summary>Removes a picture that nothing shows any more.</summary>
    internal Task RemoveAsync(string key, CancellationToken ct) => blobs.DeleteAsync(key, ct);
}

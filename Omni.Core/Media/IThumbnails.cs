namespace Omni.Core.Media;

/// <summary>Makes small pictures of images.</summary>
public interface IThumbnails
{
    /// <summary>A WebP of at most <paramref name="edge"/> pixels a side without the original's metadata; null when the tool is not installed, or the image is broken or has too many pixels.</summary>
    /// <param name="image">The image.</param>
    /// <param name="edge">Longest side, in pixels.</param>
    /// <param name="ct">Gives up.</param>
    Task<byte[]?> MakeAsync(Stream image, int edge, CancellationToken ct);
}

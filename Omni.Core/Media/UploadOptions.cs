using System.ComponentModel.DataAnnotations;

namespace Omni.Core.Media;

/// <summary>Settings of uploads, in the section <c>Omni</c>.</summary>
public sealed class UploadOptions
{
    /// <summary>Largest file that can be uploaded, in bytes.</summary>
    [Range(1_024, 5L << 30)]
    public long MaxUploadBytes { get; init; } = 100L << 20;
}

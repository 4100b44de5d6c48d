using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Media;

/// <summary>A file that belongs to a message, or was uploaded for one.</summary>
public sealed class Attachment : ITenantOwned
{
    /// <summary>Identity; the address of the file contains it.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>The message; null while only uploaded.</summary>
    public Guid? MessageId { get; set; }

    /// <summary>Place in the message, from 0.</summary>
    public int Index { get; set; }

    /// <summary>image, video, audio, file or sticker; location and contact carry no file.</summary>
    public string Type { get; set; } = "file";

    /// <summary>Type by magic bytes once stored, before that as the platform says.</summary>
    public string? Mime { get; set; }

    /// <summary>File name as the person sees it.</summary>
    public string? Name { get; set; }

    /// <summary>Bytes; null until stored.</summary>
    public long? Size { get; set; }

    /// <summary>Where it stands.</summary>
    public AttachmentState State { get; set; }

    /// <summary>Why it is not there, in plain words.</summary>
    public string? Reason { get; set; }

    /// <summary>Key in the blob store; null until stored.</summary>
    public string? BlobKey { get; set; }

    /// <summary>Key of the small picture in the blob store; null until somebody asked for one.</summary>
    public string? ThumbnailKey { get; set; }

    /// <summary>The platform's id of the file.</summary>
    public string? ExternalId { get; set; }

    /// <summary>The platform's address of the file.</summary>
    public string? SourceUrl { get; set; }

    /// <summary>Further members (voice, latitude, phones …) as JSON.</summary>
    public string? Payload { get; set; }

    /// <summary>Downloads tried.</summary>
    public int Attempts { get; set; }

    /// <summary>Not tried before (UTC).</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>Who uploaded it; null for files of the customer.</summary>
    public Guid? UploadedById { get; set; }

    /// <summary>When the row was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Where an attachment stands.</summary>
public enum AttachmentState
{
    /// <summary>Will be fetched.</summary>
    Pending,

    /// <summary>Is here.</summary>
    Stored,

    /// <summary>Could not be fetched.</summary>
    Failed,

    /// <summary>Not accepted: too large or dangerous.</summary>
    Refused,
}

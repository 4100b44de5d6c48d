using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Media;

namespace Omni.Core.Inbox;

/// <summary>A message as a timeline shows it.</summary>
public sealed record MessageView
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The conversation.</summary>
    public required Guid ConversationId { get; init; }

    /// <summary>Order of arrival.</summary>
    public int Seq { get; init; }

    /// <summary>Place on screen; ties by <see cref="Seq"/>.</summary>
    public long Position { get; init; }

    /// <summary>Which way it went.</summary>
    public MessageDirection Direction { get; init; }

    /// <summary>Message, note or activity.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>text, image, … unsupported; for activities their name.</summary>
    public string Type { get; init; } = "text";

    /// <summary>The words, or a caption; null after it was taken back.</summary>
    public string? Text { get; init; }

    /// <summary>Type-specific content.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Its files, places and cards.</summary>
    public IReadOnlyList<AttachmentView> Attachments { get; init; } = [];

    /// <summary>The customer, for incoming messages.</summary>
    public Guid? ContactId { get; init; }

    /// <summary>The team member.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>Their name.</summary>
    public string? AuthorName { get; init; }

    /// <summary>What made it.</summary>
    public MessageSource Source { get; init; }

    /// <summary>The platform's id.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The sender's own id.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>The message that is answered.</summary>
    public Guid? ReplyToId { get; init; }

    /// <summary>First words of the answered message; null when it is not here.</summary>
    public string? ReplyToPreview { get; init; }

    /// <summary>How far it got.</summary>
    public MessageStatus Status { get; init; }

    /// <summary>The platform's code of the last failure.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The last failure in plain words.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>True when pressing Retry makes sense.</summary>
    public bool ErrorRetryable { get; init; }

    /// <summary>Reactions, one per person.</summary>
    public IReadOnlyList<ReactionView> Reactions { get; init; } = [];

    /// <summary>When it was changed last (UTC).</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>When it was taken back (UTC).</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The platform's time (UTC).</summary>
    public DateTimeOffset? PlatformTime { get; init; }

    /// <summary>When it reached Omni (UTC).</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When the row was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>True when it came more than a minute after the platform's own time.</summary>
    public bool Late => Direction == MessageDirection.In && PlatformTime is { } at && ReceivedAt - at > TimeSpan.FromMinutes(1);
}

/// <summary>A file, place or card as shown.</summary>
/// <param name="Id">Identity; the file is served under <c>/media/{id}</c>.</param>
/// <param name="Type">image, video, audio, file, sticker, location or contact.</param>
/// <param name="Mime">Type by magic bytes once stored.</param>
/// <param name="Name">File name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it is not there.</param>
/// <param name="Payload">Further members.</param>
public sealed record AttachmentView(
    Guid Id, string Type, string? Mime, string? Name, long? Size, AttachmentState State, string? Reason, JsonElement? Payload)
{
    /// <summary>Address of the content; null until it is stored.</summary>
    public string? Url => State == AttachmentState.Stored ? $"/media/{Id}" : null;
}

/// <summary>A reaction as shown.</summary>
/// <param name="Reactor"><c>contact:{id}</c> or <c>user:{id}</c>.</param>
/// <param name="Emoji">The emoji.</param>
public sealed record ReactionView(string Reactor, string Emoji);

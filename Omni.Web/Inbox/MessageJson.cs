using System.Text.Json;
using System.Text.Json.Serialization;
using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Core.Media;

namespace Omni.Web.Inbox;

/// <summary>A message as the API shows it.</summary>
public sealed record MessageJson
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The conversation.</summary>
    public required Guid ConversationId { get; init; }

    /// <summary>Order of arrival.</summary>
    public int Seq { get; init; }

    /// <summary>Place on screen; ties by seq.</summary>
    public long Position { get; init; }

    /// <summary>in, out or internal.</summary>
    public MessageDirection Direction { get; init; }

    /// <summary>message, note or activity.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>text, image, … unsupported; for activities their name.</summary>
    public required string Type { get; init; }

    /// <summary>The words, or a caption; null after it was taken back.</summary>
    public string? Text { get; init; }

    /// <summary>Type-specific content: places, cards, templates, data of activities.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Its files, places and cards.</summary>
    public required IReadOnlyList<AttachmentJson> Attachments { get; init; }

    /// <summary>The customer, for incoming messages.</summary>
    public Guid? ContactId { get; init; }

    /// <summary>The team member.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>The team member's name.</summary>
    public string? AuthorName { get; init; }

    /// <summary>What made it.</summary>
    public MessageSource Source { get; init; }

    /// <summary>The platform's id.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The sender's own id.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>The message that is answered.</summary>
    public Guid? ReplyToId { get; init; }

    /// <summary>First words of the answered message.</summary>
    public string? ReplyToPreview { get; init; }

    /// <summary>How far it got.</summary>
    public MessageStatus Status { get; init; }

    /// <summary>The last failure; null without one.</summary>
    public MessageErrorJson? Error { get; init; }

    /// <summary>Reactions, one per person.</summary>
    public required IReadOnlyList<ReactionView> Reactions { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>When it was taken back.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The platform's time.</summary>
    public DateTimeOffset? PlatformTime { get; init; }

    /// <summary>When it reached Omni.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When it was made here.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Only in the answer to sending: the conversation's version now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ConversationVersion { get; init; }

    /// <summary>Only in the answer to sending: further messages that the reply had to be split into.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MessageJson>? Parts { get; init; }

    /// <summary>The shape of a message.</summary>
    public static MessageJson Of(MessageView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return new MessageJson
        {
            Id = view.Id,
            ConversationId = view.ConversationId,
            Seq = view.Seq,
            Position = view.Position,
            Direction = view.Direction,
            Kind = view.Kind,
            Type = view.Type,
            Text = view.Text,
            Payload = view.Payload,
            Attachments = [.. view.Attachments.Select(AttachmentJson.Of)],
            ContactId = view.ContactId,
            AuthorId = view.AuthorId,
            AuthorName = view.AuthorName,
            Source = view.Source,
            ExternalId = view.ExternalId,
            ClientId = view.ClientId,
            ReplyToId = view.ReplyToId,
            ReplyToPreview = view.ReplyToPreview,
            Status = view.Status,
            Error = view.ErrorMessage is null ? null : new MessageErrorJson(view.ErrorCode, view.ErrorMessage, view.ErrorRetryable),
            Reactions = view.Reactions,
            EditedAt = view.EditedAt,
            DeletedAt = view.DeletedAt,
            PlatformTime = view.PlatformTime,
            ReceivedAt = view.ReceivedAt,
            CreatedAt = view.CreatedAt,
        };
    }
}

/// <summary>Why a message did not go out.</summary>
/// <param name="Code">The platform's code.</param>
/// <param name="Message">Plain words.</param>
/// <param name="Retryable">Whether sending again makes sense.</param>
public sealed record MessageErrorJson(string? Code, string Message, bool Retryable);

/// <summary>A file, place or card of a message.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Type">image, video, audio, file, sticker, location or contact.</param>
/// <param name="Mime">Type by the file's first bytes.</param>
/// <param name="Name">File name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Url">Where the content is; null until it is stored.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it is not there.</param>
/// <param name="Payload">Further members.</param>
public sealed record AttachmentJson(
    Guid Id, string Type, string? Mime, string? Name, long? Size, string? Url, AttachmentState State, string? Reason, JsonElement? Payload)
{
    /// <summary>The shape of an attachment.</summary>
    public static AttachmentJson Of(AttachmentView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return new AttachmentJson(view.Id, view.Type, view.Mime, view.Name, view.Size, view.Url, view.State, view.Reason, view.Payload);
    }
}

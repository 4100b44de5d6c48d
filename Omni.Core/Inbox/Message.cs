using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <summary>A message, note or activity of a conversation.</summary>
public sealed class Message : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>The conversation.</summary>
    public required Guid ConversationId { get; set; }

    /// <summary>The channel of the conversation, here as well so that the platform's id can be unique.</summary>
    public required Guid ChannelId { get; init; }

    /// <summary>Order of arrival in the conversation: rises by one, without gaps that last.</summary>
    public int Seq { get; set; }

    /// <summary>Place on screen: the platform's time in ms since 1970, clamped; ties by <see cref="Seq"/>.</summary>
    public long Position { get; set; }

    /// <summary>Which way it went.</summary>
    public MessageDirection Direction { get; init; }

    /// <summary>Message, note or activity.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>text, image, video, audio, file, sticker, location, contacts, interactive, order, template, reaction, unsupported; for activities their name.</summary>
    public string Type { get; set; } = "text";

    /// <summary>The words, or a caption.</summary>
    public string? Text { get; set; }

    /// <summary>Type-specific content as JSON (location, cards, order, template, activity data).</summary>
    public string? Payload { get; set; }

    /// <summary>The customer, for incoming messages.</summary>
    public Guid? ContactId { get; init; }

    /// <summary>The team member, for outgoing messages, notes and activities by a person.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>What made it.</summary>
    public MessageSource Source { get; init; }

    /// <summary>The platform's id; null until it is known.</summary>
    public string? ExternalId { get; set; }

    /// <summary>The sender's own id, which makes a repeated call find the first result.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>The message that is answered; null when none is or it is not here.</summary>
    public Guid? ReplyToId { get; set; }

    /// <summary>The platform's id of the answered message, also when it is not here.</summary>
    public string? ReplyToExternalId { get; init; }

    /// <summary>How far it got.</summary>
    public MessageStatus Status { get; set; }

    /// <summary>The platform's code of the last failure; null without one.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>The last failure in plain words.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>True when pressing Retry makes sense.</summary>
    public bool ErrorRetryable { get; set; }

    /// <summary>When it was changed last (UTC).</summary>
    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>When it was taken back (UTC); its words are gone then.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The platform's time (UTC); null when it gave none that can be used.</summary>
    public DateTimeOffset? PlatformTime { get; init; }

    /// <summary>When it reached Omni (UTC).</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When the row was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Kinds of <see cref="Message"/>.</summary>
public enum MessageKind
{
    /// <summary>Between customer and team.</summary>
    Message,

    /// <summary>Between members of the team.</summary>
    Note,

    /// <summary>What happened to the conversation: assigned, resolved, snoozed.</summary>
    Activity,
}

/// <summary>What made a message.</summary>
public enum MessageSource
{
    /// <summary>A person in Omni.</summary>
    Person,

    /// <summary>An automation.</summary>
    Flow,

    /// <summary>A campaign.</summary>
    Campaign,

    /// <summary>A program through the API.</summary>
    Api,

    /// <summary>The platform: the customer, or somebody in the platform's own app.</summary>
    Platform,
}

/// <summary>How far a message got. Only moves forward, except that delivered or read wins over failed.</summary>
public enum MessageStatus
{
    /// <summary>Incoming, or internal.</summary>
    Received,

    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>On its way to the platform.</summary>
    Sending,

    /// <summary>The platform took it.</summary>
    Sent,

    /// <summary>Reached the person's device.</summary>
    Delivered,

    /// <summary>The person read it.</summary>
    Read,

    /// <summary>Did not go out.</summary>
    Failed,

    /// <summary>May have been sent: the answer was lost.</summary>
    Unknown,
}

/// <summary>A reaction to a message by the customer or the team.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Reactor">Who: <c>contact:{id}</c> or <c>user:{id}</c>.</param>
public sealed record Reaction(Guid OrganizationId, Guid MessageId, string Reactor) : ITenantOwned
{
    /// <summary>The emoji; empty when it was taken back.</summary>
    public string Emoji { get; set; } = "";

    /// <summary>When it was set (UTC).</summary>
    public DateTimeOffset At { get; set; }
}

/// <summary>One try to hand a message to the platform.</summary>
public sealed class MessageAttempt : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>The message.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Counts from 1.</summary>
    public int Number { get; init; }

    /// <summary>Written before the first byte leaves (UTC).</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the outcome was known (UTC); null after a crash.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>accepted, retry, rejected, unknown or reauthorize; null while running.</summary>
    public string? Outcome { get; set; }

    /// <summary>The platform's code.</summary>
    public string? Code { get; set; }

    /// <summary>Plain words.</summary>
    public string? Detail { get; set; }
}

/// <summary>A status, reaction, edit or deletion whose message is not here yet. Applied when it comes, dropped after 7 days.</summary>
public sealed class PendingUpdate : ITenantOwned
{
    /// <summary>Identity; rises with arrival.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>The channel.</summary>
    public required Guid ChannelId { get; init; }

    /// <summary>The platform's id of the message it is about.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The event as JSON.</summary>
    public required string Event { get; init; }

    /// <summary>When it came (UTC).</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>A message that must go out. The sender works from this row alone, also after a crash.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="MessageId">The message.</param>
public sealed record OutboxEntry(Guid OrganizationId, Guid MessageId) : ITenantOwned
{
    /// <summary>The conversation, whose order is kept.</summary>
    public Guid ConversationId { get; init; }

    /// <summary>The channel.</summary>
    public Guid ChannelId { get; init; }

    /// <summary>The message's seq: order in the conversation.</summary>
    public int Seq { get; init; }

    /// <summary>Lower goes first: 10 replies, 20 flows, 30 notifications, 40 campaigns, 50 imports.</summary>
    public short Priority { get; init; } = 10;

    /// <summary>True for the first waiting entry of its conversation; only heads are claimed.</summary>
    public bool IsHead { get; set; }

    /// <summary>Not before (UTC): undo, send later, back-off.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Who works on it; null when nobody does.</summary>
    public Guid? LeaseOwner { get; set; }

    /// <summary>Rises with each claim; every later write names it, so that a paused node cannot write.</summary>
    public long LeaseVersion { get; set; }

    /// <summary>Until when the claim holds (UTC).</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>True once bytes may have left under this claim.</summary>
    public bool Attempting { get; set; }

    /// <summary>While the outcome is unknown: until when it is reconciled (UTC).</summary>
    public DateTimeOffset? UnknownUntil { get; set; }

    /// <summary>Tries made.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was queued (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

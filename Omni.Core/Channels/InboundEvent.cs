using System.Text.Json.Nodes;
using Omni.Core.Media;

namespace Omni.Core.Channels;

/// <summary>What kind of thing a platform told us.</summary>
public enum InboundKind
{
    /// <summary>A message, incoming or an echo of an outgoing one.</summary>
    Message,

    /// <summary>A delivery state of one outgoing message.</summary>
    Status,

    /// <summary>Everything up to a moment was delivered (watermark platforms).</summary>
    Delivery,

    /// <summary>Everything up to a moment was read (watermark platforms).</summary>
    Read,

    /// <summary>A reaction was set or removed.</summary>
    Reaction,

    /// <summary>A message was changed.</summary>
    Edit,

    /// <summary>A message was taken back.</summary>
    Deletion,

    /// <summary>A button outside a message was pressed.</summary>
    Postback,

    /// <summary>The person came from an ad or link.</summary>
    Referral,

    /// <summary>The person agreed to receive messages.</summary>
    Optin,

    /// <summary>The person changed what they want to receive.</summary>
    Preference,

    /// <summary>The person's number, id or identity changed.</summary>
    ContactUpdate,

    /// <summary>A message template changed.</summary>
    TemplateUpdate,

    /// <summary>The account itself changed: restricted, disabled, reviewed.</summary>
    AccountUpdate,

    /// <summary>The platform reports a problem that belongs to no message.</summary>
    Error,

    /// <summary>Understood and deliberately not shown, or not known: kept in the delivery log only.</summary>
    Ignored,
}

/// <summary>Which way a message went.</summary>
public enum MessageDirection
{
    /// <summary>From the customer.</summary>
    In,

    /// <summary>To the customer.</summary>
    Out,

    /// <summary>Never leaves the team: notes and activities.</summary>
    Internal,
}

/// <summary>One thing a platform told us, in the shape every platform shares. An adapter makes it, the inbound worker applies it.</summary>
public sealed record InboundEvent
{
    /// <summary>What it is.</summary>
    public required InboundKind Kind { get; init; }

    /// <summary>The platform's id of the account it came to; never empty.</summary>
    public required string AccountId { get; init; }

    /// <summary>Incoming, or outgoing for echoes; null where it does not apply.</summary>
    public MessageDirection? Direction { get; init; }

    /// <summary>The platform's id of the message this is about: the message itself, or the target of a status, reaction, edit or deletion.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The platform's id of the person; null where nobody is named.</summary>
    public string? ContactId { get; init; }

    /// <summary>Other ids of the same person on this channel (phone beside a business-scoped user id), most lasting first.</summary>
    public IReadOnlyList<string> ContactAliases { get; init; } = [];

    /// <summary>The name the platform gives for the person.</summary>
    public string? ContactName { get; init; }

    /// <summary>The person's public user name, without a prefix.</summary>
    public string? Username { get; init; }

    /// <summary>Message type (text, image, video, audio, file, sticker, location, contacts, interactive, order, template, unsupported …), or a kind's own sub-type.</summary>
    public string? Type { get; init; }

    /// <summary>The words, or a caption.</summary>
    public string? Text { get; init; }

    /// <summary>When the platform says it happened; null when it does not say or the value is not usable.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The platform's id of the message that is answered.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Separates several conversations with one person where the platform has threads; empty for direct messages.</summary>
    public string ThreadKey { get; init; } = "";

    /// <summary>What came with the message.</summary>
    public IReadOnlyList<InboundAttachment> Attachments { get; init; } = [];

    /// <summary>For <see cref="InboundKind.Status"/>: sent, delivered, read, played, failed; for account and template updates the platform's own word.</summary>
    public string? Status { get; init; }

    /// <summary>For a failed status: code and words of the platform.</summary>
    public PlatformError? Error { get; init; }

    /// <summary>The message id we attached when sending (WhatsApp: biz_opaque_callback_data); matches a send whose answer was lost.</summary>
    public string? ClientReference { get; init; }

    /// <summary>True when the platform says only that something happened: what it was has to be fetched from its lists.</summary>
    public bool IsOnlyAHint { get; init; }

    /// <summary>Whatever else the platform tells, under the names of the contract's fixtures (payload, referral, order, emoji, action, event_id …).</summary>
    public JsonObject Extra { get; init; } = [];
}

/// <summary>A file, place or card that came with a message.</summary>
/// <param name="Type">image, video, audio, file, sticker, location or contact.</param>
public sealed record InboundAttachment(string Type)
{
    /// <summary>Type as the platform says, possibly with parameters; never trusted for display.</summary>
    public string? Mime { get; init; }

    /// <summary>The platform's id of the file, which a download call needs.</summary>
    public string? Id { get; init; }

    /// <summary>A direct address, where the platform gives one. Fetched only from the platform's own hosts.</summary>
    public string? Url { get; init; }

    /// <summary>The sender's name of the file.</summary>
    public string? Filename { get; init; }

    /// <summary>Where the file lies already, when it came to Omni itself; null when it has to be fetched.</summary>
    public StoredBlob? Stored { get; init; }

    /// <summary>Type-specific members (latitude, phones, voice, sha256 …).</summary>
    public JsonObject Extra { get; init; } = [];
}

/// <summary>An error in the platform's terms.</summary>
/// <param name="Code">The platform's number, or its short name.</param>
/// <param name="Message">The platform's words, or ours when it gives none.</param>
/// <param name="Reaction">What follows from it.</param>
public sealed record PlatformError(string Code, string Message, SendReaction Reaction);

/// <summary>What to do about a documented platform error.</summary>
public enum SendReaction
{
    /// <summary>Passing: try again with back-off.</summary>
    Retry,

    /// <summary>Passing, for this recipient only: try again later and slower.</summary>
    SlowDown,

    /// <summary>The number or account is held: stop sending for a while.</summary>
    Pause,

    /// <summary>The token or a permission is gone: the owner must connect again.</summary>
    Reauthorize,

    /// <summary>The reply window is closed: offer a template.</summary>
    UseTemplate,

    /// <summary>This person cannot be reached.</summary>
    GiveUpContact,

    /// <summary>This content is not accepted.</summary>
    GiveUpContent,

    /// <summary>The account must be put right at the platform (billing, quality).</summary>
    GiveUpAccount,
}

using System.Text.Json.Nodes;
using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>Everything Omni knows about one platform. Keeps no state: credentials come with every call, expected failures are values.</summary>
public interface IChannelAdapter
{
    /// <summary>The platform.</summary>
    ChannelKind Kind { get; }

    /// <summary>What the platform can carry, for composer and checks.</summary>
    ChannelCapabilities Capabilities { get; }

    /// <summary>Names of request headers that are kept with a delivery (lower case). Never a secret.</summary>
    IReadOnlySet<string> KeptHeaders { get; }

    /// <summary>True when the delivery was signed with <paramref name="secret"/>; in constant time, over the raw bytes.</summary>
    bool IsAuthentic(WebhookDelivery delivery, string secret);

    /// <summary>Answers the platform's verification request: the text to send back, or null to refuse.</summary>
    /// <param name="query">The request's query parameters.</param>
    /// <param name="verifyToken">The token that was agreed.</param>
    string? AnswerChallenge(IReadOnlyDictionary<string, string> query, string verifyToken);

    /// <summary>Cuts a body into one slice per account, in the order of the accounts' first appearance; a body with one account comes back whole.</summary>
    /// <exception cref="FormatException">The body cannot be read; it is then kept in quarantine.</exception>
    /// <exception cref="ForeignDeliveryException">The body is another platform's; it is refused.</exception>
    IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body);

    /// <summary>Reads a slice, item by item: an item that cannot be read becomes an <see cref="ParsedItem.Problem"/> and does not disturb the others. In reading order, repeats inside the slice removed.</summary>
    /// <exception cref="FormatException">The slice as a whole cannot be read.</exception>
    IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice);

    /// <summary>Hands one message to the platform.</summary>
    Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct);

    /// <summary>Tells the platform that the team read up to a message, or is typing; failures are returned, never thrown, and never retried for long.</summary>
    Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct);

    /// <summary>Proves that the credentials read exactly the account they name, and says what else was found out.</summary>
    /// <returns>The proof, or a refusal in plain words that names the wrong input.</returns>
    Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct);

    /// <summary>Opens a file of a message for reading.</summary>
    Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct);

    /// <summary>The account's message templates; empty where the platform has none.</summary>
    Task<Result<IReadOnlyList<MessageTemplate>>> ListTemplatesAsync(ChannelAccess access, CancellationToken ct);
}

/// <summary>One webhook request as it came.</summary>
/// <param name="Body">The raw bytes.</param>
/// <param name="Headers">Request headers, names in lower case.</param>
public sealed record WebhookDelivery(ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>The part of a delivery that belongs to one account.</summary>
/// <param name="AccountId">The platform's id of the account.</param>
/// <param name="Body">A body of the same form that holds only this account's items; the very bytes received when there is one account only.</param>
/// <param name="Items">How many entries it holds, for figures.</param>
public sealed record DeliverySlice(string AccountId, ReadOnlyMemory<byte> Body, int Items);

/// <summary>One item of a slice: either an event or the reason why it could not be read.</summary>
/// <param name="Event">The event, or null.</param>
/// <param name="Problem">Why it could not be read, or null; for the administrator, without personal data.</param>
/// <param name="Raw">The item as it came, for the quarantine; null for readable items.</param>
public sealed record ParsedItem(InboundEvent? Event, string? Problem = null, JsonNode? Raw = null);

/// <summary>What is needed to call a platform for one channel.</summary>
/// <param name="AccountId">The platform's id of our account.</param>
/// <param name="Credentials">The channel's secrets under the names of the API contract (<c>accessToken</c>, <c>businessAccountId</c> …).</param>
/// <param name="Sandbox">True for a play channel, whose calls go to the built-in simulator.</param>
public sealed record ChannelAccess(string AccountId, IReadOnlyDictionary<string, string> Credentials, bool Sandbox = false);

/// <summary>A message to hand over.</summary>
public sealed record OutboundMessage
{
    /// <summary>Omni's id of the message; sent along as the client reference where the platform can carry one.</summary>
    public required Guid Id { get; init; }

    /// <summary>The person's ids on this channel, the primary one first.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>The platform's conversation, where it has its own id for one.</summary>
    public string? ThreadKey { get; init; }

    /// <summary>The platform's id of the newest message of the customer in a thread; null outside of threads.</summary>
    public string? AnswersTo { get; init; }

    /// <summary>text, image, video, audio, file, sticker, template, reaction or interactive.</summary>
    public required string Type { get; init; }

    /// <summary>The words, or a caption.</summary>
    public string? Text { get; init; }

    /// <summary>The file to send; null without one.</summary>
    public OutboundMedia? Media { get; init; }

    /// <summary>The platform's id of the message that is answered or reacted to.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>For a reaction: the emoji, empty to remove it.</summary>
    public string? Emoji { get; init; }

    /// <summary>For a template: its name, language and parameters.</summary>
    public TemplateUse? Template { get; init; }

    /// <summary>For interactive messages: the content in the shape of the API contract.</summary>
    public JsonObject? Interactive { get; init; }

    /// <summary>True when the window for free replies is closed and a person of the team answers in the longer one that some platforms grant for that.</summary>
    public bool IsLate { get; init; }
}

/// <summary>A file that goes out with a message.</summary>
/// <param name="Type">image, video, audio, file or sticker.</param>
/// <param name="Mime">Type by magic bytes.</param>
/// <param name="Name">File name as the person sees it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="OpenAsync">Opens the content; may be called once per attempt.</param>
public sealed record OutboundMedia(string Type, string Mime, string Name, long Size, Func<CancellationToken, Task<Stream>> OpenAsync);

/// <summary>A template with the values for its places.</summary>
/// <param name="Name">The template's name.</param>
/// <param name="Language">The platform's language code.</param>
/// <param name="Parameters">Values by place: header, body (in order), button.N.</param>
public sealed record TemplateUse(string Name, string Language, IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters);

/// <summary>A template as the platform lists it.</summary>
/// <param name="Id">The platform's id.</param>
/// <param name="Name">Name.</param>
/// <param name="Language">Language code.</param>
/// <param name="Category">marketing, utility or authentication.</param>
/// <param name="Status">approved, pending, rejected, paused or disabled.</param>
/// <param name="Body">The body text with its places, as <c>{{1}}</c>.</param>
/// <param name="Components">All components as the platform gives them.</param>
public sealed record MessageTemplate(string Id, string Name, string Language, string Category, string Status, string Body, JsonArray Components);

/// <summary>A small sign to the platform that is not a message.</summary>
/// <param name="Kind">Read mark or typing.</param>
/// <param name="Recipients">The person's ids on this channel.</param>
/// <param name="LastExternalId">The platform's id of the newest incoming message.</param>
/// <param name="ThreadKey">The platform's conversation, where it has its own id for one.</param>
public sealed record OutboundSignal(SignalKind Kind, IReadOnlyList<string> Recipients, string? LastExternalId, string? ThreadKey = null);

/// <summary>Kinds of <see cref="OutboundSignal"/>.</summary>
public enum SignalKind
{
    /// <summary>Everything up to the message was read.</summary>
    Read,

    /// <summary>Somebody is writing.</summary>
    Typing,
}

/// <summary>What a successful proof of an account found.</summary>
/// <param name="AccountId">The account that the token reads.</param>
/// <param name="DisplayName">The account's public name, e.g. a phone number in readable form.</param>
/// <param name="OtherAccountIds">Further ids whose events belong to the channel (WhatsApp: the business account).</param>
/// <param name="TokenExpiresAt">When the token ends; null when it does not or nobody says.</param>
public sealed record ChannelProof(string AccountId, string DisplayName, IReadOnlyList<string> OtherAccountIds, DateTimeOffset? TokenExpiresAt);

/// <summary>Where a file of a message is.</summary>
/// <param name="Id">The platform's id of the file, or null.</param>
/// <param name="Url">A direct address, or null.</param>
/// <param name="Limit">Largest accepted size in bytes.</param>
public sealed record MediaReference(string? Id, string? Url, long Limit)
{
    /// <summary>image, video, audio, file or sticker; empty when it is not known.</summary>
    public string Type { get; init; } = "";

    /// <summary>The platform's id of the message it came with; null when it has none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The platform's conversation, where it has its own id for one.</summary>
    public string? ThreadKey { get; init; }
}

/// <summary>What became of a download.</summary>
public abstract record MediaOutcome
{
    private MediaOutcome()
    {
    }

    /// <summary>The content, to be read and disposed by the caller.</summary>
    /// <param name="Content">The bytes.</param>
    /// <param name="Mime">Type as the platform says.</param>
    public sealed record Opened(Stream Content, string? Mime) : MediaOutcome, IAsyncDisposable
    {
        /// <inheritdoc/>
        public ValueTask DisposeAsync() => Content.DisposeAsync();
    }

    /// <summary>Try again later.</summary>
    /// <param name="After">The least time to wait.</param>
    /// <param name="Reason">Plain words.</param>
    public sealed record Retry(TimeSpan After, string Reason) : MediaOutcome;

    /// <summary>Will never work: gone, too large, not allowed.</summary>
    /// <param name="Reason">Plain words, shown in the message's placeholder.</param>
    public sealed record Gone(string Reason) : MediaOutcome;

    /// <summary>The channel's credentials no longer count.</summary>
    /// <param name="Reason">Plain words.</param>
    public sealed record Reauthorize(string Reason) : MediaOutcome;
}

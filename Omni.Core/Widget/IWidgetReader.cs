using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Omni.Core.Inbox;

namespace Omni.Core.Widget;

/// <summary>Reads what visitors see, one round trip each. Notes, activities and what was not sent yet never appear.</summary>
public interface IWidgetReader
{
    /// <summary>One page of the person's messages on the channel over all conversations, oldest first.</summary>
    /// <param name="visitor">Who reads.</param>
    /// <param name="before">Only older ones than this place; null for the newest.</param>
    /// <param name="after">Only newer ones than this place; null for no such limit.</param>
    /// <param name="limit">Rows, 1–200.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The rows, and whether there are more in the direction that was asked for.</returns>
    Task<(IReadOnlyList<WidgetMessage> Rows, bool More)> PageAsync(WidgetVisitor visitor, WidgetPlace? before, WidgetPlace? after, int limit, CancellationToken ct);

    /// <summary>The newest messages that came, were sent, or changed after a moment, oldest first; at most 50.</summary>
    Task<IReadOnlyList<WidgetMessage>> SinceAsync(WidgetVisitor visitor, DateTimeOffset moment, CancellationToken ct);

    /// <summary>Unread messages of the team (at most 99) and the newest position.</summary>
    Task<(int Unread, long LastPosition)> CountAsync(WidgetVisitor visitor, CancellationToken ct);

    /// <summary>Changed messages with the people they belong to; messages of other channels come back as foreign.</summary>
    Task<IReadOnlyList<WidgetChange>> ChangedAsync(Guid organizationId, Guid channelId, IReadOnlyCollection<Guid> messageIds, CancellationToken ct);

    /// <summary>The ids on the channel of the person a conversation is with; empty for a conversation of another channel.</summary>
    Task<IReadOnlyList<string>> PeopleAsync(Guid organizationId, Guid channelId, Guid conversationId, CancellationToken ct);

    /// <summary>How far the team has read: the position of the newest incoming message up to a seq; 0 when there is none.</summary>
    Task<long> PositionAsync(Guid organizationId, Guid conversationId, int seq, CancellationToken ct);

    /// <summary>The position up to which the team has read the person's messages.</summary>
    Task<long> TeamReadAsync(WidgetVisitor visitor, CancellationToken ct);

    /// <summary>The person's conversation that takes messages now; null when none does.</summary>
    Task<WidgetTalk?> OpenTalkAsync(Guid organizationId, Guid channelId, string person, CancellationToken ct);

    /// <summary>Messages of the team up to a position that are not marked as read, at most 500.</summary>
    Task<IReadOnlyList<Guid>> UnreadAsync(WidgetVisitor visitor, long position, CancellationToken ct);
}

/// <summary>A place in a person's messages.</summary>
/// <param name="Position">Place on screen.</param>
/// <param name="Id">Tells messages of one position apart.</param>
public sealed record WidgetPlace(long Position, Guid Id);

/// <summary>A conversation with a visitor.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="ContactId">The person.</param>
/// <param name="Name">Name as the team sees it.</param>
public sealed record WidgetTalk(Guid ConversationId, Guid ContactId, string Name);

/// <summary>A message that changed.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ConversationId">Its conversation.</param>
/// <param name="People">Ids on the channel of the person it belongs to; empty for a message of another channel.</param>
/// <param name="Message">What the person sees; null while or because they see nothing of it.</param>
public sealed record WidgetChange(Guid MessageId, Guid ConversationId, IReadOnlyList<string> People, WidgetMessage? Message);

/// <summary>A message as a visitor sees it.</summary>
public sealed record WidgetMessage
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The browser's own id of a message of the visitor; null for the team's.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>Place on screen.</summary>
    public long Position { get; init; }

    /// <summary>True for the visitor's own.</summary>
    public bool IsVisitors { get; init; }

    /// <summary>Who of the team wrote it; null for the visitor's own and for what the program wrote.</summary>
    public WidgetAuthor? Author { get; init; }

    /// <summary>The words; null after it was taken back.</summary>
    public string? Text { get; init; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<AttachmentView> Attachments { get; init; } = [];

    /// <summary>How far it got: received or read for the visitor's own, sent, delivered or read for the team's.</summary>
    public MessageStatus Status { get; init; }

    /// <summary>When it was written (UTC).</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When it was changed (UTC); null when it was not.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>When it was taken back (UTC); null when it was not.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Its place.</summary>
    public WidgetPlace Place => new(Position, Id);

    /// <summary>Differs whenever something that the visitor sees differs.</summary>
    public uint Fingerprint => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Id:N} {(int)Status} {EditedAt?.UtcTicks} {DeletedAt?.UtcTicks} {string.Join(',', Attachments.Select(a => (int)a.State))}")));
}

/// <summary>A person of the team as visitors see them.</summary>
/// <param name="UserId">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="AvatarUrl">Where the picture is; null without one.</param>
public sealed record WidgetAuthor(Guid UserId, string Name, string? AvatarUrl);

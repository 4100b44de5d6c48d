using Omni.Core.Channels;

namespace Omni.Core.Inbox;

/// <summary>One conversation as lists and headers show it. Immutable and the same for everybody who may see it, so one copy serves all circuits of a node; what differs by person (unread, draft) is compared with it.</summary>
public sealed record ConversationRow
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The organization.</summary>
    public required Guid OrganizationId { get; init; }

    /// <summary>The channel.</summary>
    public required Guid ChannelId { get; init; }

    /// <summary>The channel's platform.</summary>
    public required ChannelKind Kind { get; init; }

    /// <summary>The channel's name.</summary>
    public required string ChannelName { get; init; }

    /// <summary>The channel's status.</summary>
    public ChannelStatus ChannelStatus { get; init; }

    /// <summary>The customer.</summary>
    public required Guid ContactId { get; init; }

    /// <summary>The customer's name.</summary>
    public required string ContactName { get; init; }

    /// <summary>The customer's picture; null without one.</summary>
    public string? ContactAvatarUrl { get; init; }

    /// <summary>Where it stands.</summary>
    public ConversationStatus Status { get; init; }

    /// <summary>How urgent it is.</summary>
    public ConversationPriority Priority { get; init; }

    /// <summary>Subject, where the platform has one.</summary>
    public string? Subject { get; init; }

    /// <summary>The platform's thread.</summary>
    public string ThreadKey { get; init; } = "";

    /// <summary>Who takes care; null when nobody does.</summary>
    public Guid? AssigneeId { get; init; }

    /// <summary>Their name.</summary>
    public string? AssigneeName { get; init; }

    /// <summary>The team that takes care.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyList<LabelView> Labels { get; init; } = [];

    /// <summary>Newest seq.</summary>
    public int LastSeq { get; init; }

    /// <summary>Seq of the newest message that makes it unread.</summary>
    public int LastUnreadSeq { get; init; }

    /// <summary>The newest message; null before the first.</summary>
    public Guid? LastMessageId { get; init; }

    /// <summary>Its direction.</summary>
    public MessageDirection? LastMessageDirection { get; init; }

    /// <summary>Its first words or kind.</summary>
    public string LastMessagePreview { get; init; } = "";

    /// <summary>Its state, for outgoing ones.</summary>
    public MessageStatus? LastMessageStatus { get; init; }

    /// <summary>Newest message of either side (UTC); the list sorts by it.</summary>
    public DateTimeOffset LastActivityAt { get; init; }

    /// <summary>Newest message from the customer (UTC).</summary>
    public DateTimeOffset? LastInboundAt { get; init; }

    /// <summary>Since when the customer waits (UTC).</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Until when free replies are allowed (UTC); null with <see cref="HasWindow"/> means closed.</summary>
    public DateTimeOffset? WindowUntil { get; init; }

    /// <summary>True where the platform limits free replies in time.</summary>
    public bool HasWindow { get; init; }

    /// <summary>When it wakes (UTC).</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>Raised with every change.</summary>
    public long Version { get; init; }

    /// <summary>When it began (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>True for conversations of a play channel.</summary>
    public bool Sandbox { get; init; }
}

/// <summary>A label as shown.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">The word.</param>
/// <param name="Hue">One of the six colours, 1–6.</param>
public sealed record LabelView(Guid Id, string Name, int Hue);

/// <summary>A row with what is different for the person who reads it.</summary>
/// <param name="Row">The shared part.</param>
/// <param name="LastReadSeq">How far the person has read.</param>
/// <param name="Draft">The beginning of the person's unsent reply; null without one.</param>
public sealed record ConversationItem(ConversationRow Row, int LastReadSeq, string? Draft)
{
    /// <summary>True when something came since the person last looked.</summary>
    public bool Unread => Row.LastUnreadSeq > LastReadSeq;
}

/// <summary>Which conversations to list.</summary>
public sealed record ConversationQuery
{
    /// <summary>Only these states; empty for all but spam.</summary>
    public IReadOnlyList<ConversationStatus> Statuses { get; init; } = [ConversationStatus.Open];

    /// <summary>Whose: everybody's, the reader's, nobody's or one person's.</summary>
    public AssigneeFilter Assignee { get; init; } = AssigneeFilter.Everybody;

    /// <summary>Only of this channel.</summary>
    public Guid? ChannelId { get; init; }

    /// <summary>Only with this label.</summary>
    public Guid? LabelId { get; init; }

    /// <summary>Only of this customer.</summary>
    public Guid? ContactId { get; init; }

    /// <summary>Only with something new for the reader.</summary>
    public bool UnreadOnly { get; init; }

    /// <summary>Only where the customer waits for an answer.</summary>
    public bool WaitingOnly { get; init; }

    /// <summary>Only where the reply window closes within four hours.</summary>
    public bool WindowClosing { get; init; }

    /// <summary>Words to search in messages and customers' names; null without a search.</summary>
    public string? Search { get; init; }

    /// <summary>Oldest activity first instead of newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Where the page begins; null for the first.</summary>
    public string? Cursor { get; init; }

    /// <summary>Rows of a page, 1–200.</summary>
    public int Limit { get; init; } = Common.Cursor.DefaultLimit;
}

/// <summary>Whose conversations.</summary>
/// <param name="Kind">Which kind of answer.</param>
/// <param name="UserId">The person, for <see cref="AssigneeKind.Person"/>.</param>
public sealed record AssigneeFilter(AssigneeKind Kind, Guid UserId = default)
{
    /// <summary>No matter whose.</summary>
    public static AssigneeFilter Everybody { get; } = new(AssigneeKind.Everybody);

    /// <summary>Nobody's.</summary>
    public static AssigneeFilter Nobody { get; } = new(AssigneeKind.Nobody);

    /// <summary>One person's.</summary>
    public static AssigneeFilter Person(Guid userId) => new(AssigneeKind.Person, userId);
}

/// <summary>Kinds of <see cref="AssigneeFilter"/>.</summary>
public enum AssigneeKind
{
    /// <summary>No matter whose.</summary>
    Everybody,

    /// <summary>Nobody's.</summary>
    Nobody,

    /// <summary>One person's.</summary>
    Person,
}

/// <summary>How many conversations each view has; every count stops at 100, shown as 99+.</summary>
/// <param name="Mine">Open and the reader's.</param>
/// <param name="Unassigned">Open and nobody's.</param>
/// <param name="All">Open.</param>
/// <param name="Waiting">Open and the customer waits.</param>
/// <param name="WindowClosing">Open and the window closes within four hours.</param>
/// <param name="Snoozed">Snoozed.</param>
/// <param name="MineUnread">The reader's, with something new.</param>
/// <param name="Channels">Open ones by channel.</param>
/// <param name="Labels">Open ones by label.</param>
public sealed record InboxCounts(
    int Mine, int Unassigned, int All, int Waiting, int WindowClosing, int Snoozed, int MineUnread,
    IReadOnlyDictionary<Guid, int> Channels, IReadOnlyDictionary<Guid, int> Labels);

using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <summary>What is being talked about with one customer on one channel. At most one per contact, channel and thread is open at a time; older ones stay as history.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="channelId">The channel.</param>
/// <param name="contactId">The customer.</param>
/// <param name="threadKey">The platform's thread; empty for direct messages.</param>
/// <param name="createdAt">When it began (UTC).</param>
public sealed class Conversation(Guid organizationId, Guid channelId, Guid contactId, string threadKey, DateTimeOffset createdAt) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The channel.</summary>
    public Guid ChannelId { get; private init; } = channelId;

    /// <summary>The customer.</summary>
    public Guid ContactId { get; set; } = contactId;

    /// <summary>The platform's thread; empty for direct messages.</summary>
    public string ThreadKey { get; private init; } = threadKey;

    /// <summary>Where it stands.</summary>
    public ConversationStatus Status { get; set; }

    /// <summary>Subject, where the platform has one.</summary>
    public string? Subject { get; set; }

    /// <summary>How urgent it is.</summary>
    public ConversationPriority Priority { get; set; }

    /// <summary>Who takes care; null when nobody does.</summary>
    public Guid? AssigneeId { get; set; }

    /// <summary>The team that takes care; null when none does.</summary>
    public Guid? TeamId { get; set; }

    /// <summary>The newest <see cref="Message.Seq"/>.</summary>
    public int LastSeq { get; set; }

    /// <summary>Seq of the newest message that makes the conversation unread: an incoming one, or a note.</summary>
    public int LastUnreadSeq { get; set; }

    /// <summary>The newest <see cref="Message.Position"/>.</summary>
    public long LastPosition { get; set; }

    /// <summary>Position of the newest outgoing message; a live incoming message of the same platform time unit sorts after it.</summary>
    public long LastOutPosition { get; set; }

    /// <summary>Position of the message from the customer that came last; the next one of the same platform time unit sorts after it.</summary>
    public long LastInPosition { get; set; }

    /// <summary>Newest message from the customer (UTC).</summary>
    public DateTimeOffset? LastInboundAt { get; set; }

    /// <summary>Until when free replies are allowed (UTC); null when always or never.</summary>
    public DateTimeOffset? WindowUntil { get; set; }

    /// <summary>Since when the customer waits for an answer (UTC); null when they do not.</summary>
    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>When the team answered first (UTC).</summary>
    public DateTimeOffset? FirstResponseAt { get; set; }

    /// <summary>When it wakes (UTC), while snoozed.</summary>
    public DateTimeOffset? SnoozedUntil { get; set; }

    /// <summary>What the list sorts by (UTC): the newest message of either side.</summary>
    public DateTimeOffset LastActivityAt { get; set; } = createdAt;

    /// <summary>The newest message shown in the list; null before the first.</summary>
    public Guid? LastMessageId { get; set; }

    /// <summary>Its direction.</summary>
    public MessageDirection? LastMessageDirection { get; set; }

    /// <summary>Its first words or kind, at most 200 characters.</summary>
    public string LastMessagePreview { get; set; } = "";

    /// <summary>Its state, for outgoing ones.</summary>
    public MessageStatus? LastMessageStatus { get; set; }

    /// <summary>When it began (UTC).</summary>
    public DateTimeOffset CreatedAt { get; private init; } = createdAt;

    /// <summary>When it was resolved last (UTC); null while it is not.</summary>
    public DateTimeOffset? ResolvedAt { get; set; }

    /// <summary>Raised with every change; <c>ifVersion</c> of a reply compares it.</summary>
    public long Version { get; private set; }
}

/// <summary>Where a conversation stands.</summary>
public enum ConversationStatus
{
    /// <summary>To be taken care of.</summary>
    Open,

    /// <summary>Waits for the customer or somebody else.</summary>
    Pending,

    /// <summary>Comes back by itself.</summary>
    Snoozed,

    /// <summary>Done.</summary>
    Resolved,

    /// <summary>Unwanted.</summary>
    Spam,
}

/// <summary>How urgent a conversation is.</summary>
public enum ConversationPriority
{
    /// <summary>As any other.</summary>
    None,

    /// <summary>Can wait.</summary>
    Low,

    /// <summary>Soon.</summary>
    Medium,

    /// <summary>First.</summary>
    High,
}

/// <summary>How far a person has read a conversation. Unread is a comparison with <see cref="Conversation.LastUnreadSeq"/>.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="UserId">The person.</param>
/// <param name="ConversationId">The conversation.</param>
public sealed record ReadPointer(Guid OrganizationId, Guid UserId, Guid ConversationId) : ITenantOwned
{
    /// <summary>The newest seq the person has seen.</summary>
    public int LastReadSeq { get; set; }

    /// <summary>Until when the person has the conversation on a visible page, as far as that page says (UTC); null after it was closed or hidden.</summary>
    public DateTimeOffset? ViewingUntil { get; set; }
}

/// <summary>Text a person has written and not sent, per conversation and mode.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="UserId">The person.</param>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Mode"><c>reply</c> or <c>note</c>.</param>
public sealed record Draft(Guid OrganizationId, Guid UserId, Guid ConversationId, string Mode) : ITenantOwned
{
    /// <summary>The text.</summary>
    public string Text { get; set; } = "";

    /// <summary>When it was saved (UTC); the newer of browser and server wins.</summary>
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A coloured word for conversations and contacts.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="name">The word; unique in the organization without regard to case.</param>
/// <param name="hue">One of the six colours, 1–6.</param>
public sealed class Label(Guid organizationId, string name, int hue) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The word.</summary>
    public string Name
    {
        get;
        set => (field, NameKey) = (value, value.ToLowerInvariant());
    }

    = name;

    /// <summary>The word in lower case, by which it is unique.</summary>
    public string NameKey { get; private set; } = name.ToLowerInvariant();

    /// <summary>One of the six colours, 1–6.</summary>
    public int Hue { get; set; } = hue;
}

/// <summary>A label on a conversation.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="LabelId">The label.</param>
/// <param name="ConversationId">The conversation.</param>
public sealed record ConversationLabel(Guid OrganizationId, Guid LabelId, Guid ConversationId) : ITenantOwned;

/// <summary>A label on a contact.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="LabelId">The label.</param>
/// <param name="ContactId">The contact.</param>
public sealed record ContactLabel(Guid OrganizationId, Guid LabelId, Guid ContactId) : ITenantOwned;

using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Core.Media;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>The channel a batch is applied for.</summary>
internal sealed record InboundChannel(Guid OrganizationId, Guid ChannelId, ChannelKind Kind, ChannelCapabilities Capabilities)
{
    /// <summary>True when the platform lets people of this account answer later than others.</summary>
    internal bool IsLateGranted { get; init; }

    /// <summary>How long after a message of the customer replies are possible; null when always.</summary>
    internal TimeSpan? Window => IsLateGranted ? Capabilities.LateWindow ?? Capabilities.ReplyWindow : Capabilities.ReplyWindow;
}

/// <summary>A person as the database knows them, or as this batch makes them.</summary>
internal sealed class PersonState
{
    internal required Guid ContactId { get; init; }

    internal bool IsNew { get; init; }

    internal required string Name { get; set; }

    internal bool NameIsOurs { get; init; }

    internal bool Blocked { get; init; }

    internal bool NameChanged { get; set; }

    /// <summary>Newest message of theirs that is written down.</summary>
    internal DateTimeOffset? WasSeenAt { get; init; }

    internal DateTimeOffset? SeenAt { get; set; }

    /// <summary>Whether a message is enough newer than what is written down: to the minute, so that a lively talk does not write the person each time.</summary>
    internal bool IsSeenLater => SeenAt is { } seen && !(seen - WasSeenAt < TimeSpan.FromMinutes(1));

    internal string? Preference { get; set; }
}

/// <summary>An id of a person that is not in the database yet.</summary>
internal sealed record NewIdentity(Guid Id, Guid ContactId, string ExternalId, string? Username, bool Primary);

/// <summary>A conversation while a batch changes it.</summary>
internal sealed class ConversationState
{
    internal required Guid Id { get; init; }

    internal required Guid ContactId { get; init; }

    internal string ThreadKey { get; init; } = "";

    internal bool IsNew { get; init; }

    internal bool Changed { get; set; }

    /// <summary>True when something happened that raises the version: a message, a state; not a tick.</summary>
    internal bool Raised { get; set; }

    /// <summary>True when the change itself is among the events already.</summary>
    internal bool Told { get; set; }

    internal ConversationStatus Status { get; set; }

    internal int LastSeq { get; set; }

    internal int LastUnreadSeq { get; set; }

    internal long LastPosition { get; set; }

    internal long LastOutPosition { get; set; }

    internal long LastInPosition { get; set; }

    internal DateTimeOffset? LastInboundAt { get; set; }

    internal DateTimeOffset? WindowUntil { get; set; }

    internal DateTimeOffset? WaitingSince { get; set; }

    internal DateTimeOffset LastActivityAt { get; set; }

    internal Guid? LastMessageId { get; set; }

    /// <summary>Position of the message that the list shows; activity lines lie after it at times.</summary>
    internal long LastMessagePosition { get; set; } = long.MinValue;

    internal MessageDirection? LastMessageDirection { get; set; }

    internal string LastMessagePreview { get; set; } = "";

    internal MessageStatus? LastMessageStatus { get; set; }

    internal DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A message while a batch changes it.</summary>
internal sealed class MessageState
{
    internal required Message Row { get; init; }

    internal bool IsNew { get; init; }

    internal bool Changed { get; set; }

    internal bool StatusMoved { get; set; }
}

/// <summary>Everything a batch writes, collected in memory first so that each table is written by one statement.</summary>
internal sealed class InboundChanges
{
    internal List<NewIdentity> Identities { get; } = [];

    internal List<Message> Lines { get; } = [];

    internal List<Attachment> Attachments { get; } = [];

    internal List<(Guid MessageId, string Reactor, string Emoji, DateTimeOffset At)> Reactions { get; } = [];

    internal List<PendingUpdate> Pending { get; } = [];

    internal List<Guid> AppliedPending { get; } = [];

    /// <summary>Outgoing messages whose fate the platform told, with the outcome of the attempt that is still open.</summary>
    internal List<(Guid MessageId, string Outcome)> Settled { get; } = [];

    /// <summary>Ids under which people are written to from now on.</summary>
    internal List<(Guid ContactId, string ExternalId)> Promoted { get; } = [];

    internal List<Guid> Withdrawn { get; } = [];

    internal List<(string Name, string Subject, JsonObject Data)> Events { get; } = [];

    internal string? ChannelReason { get; set; }

    internal bool SawMessage { get; set; }

    internal bool NeedsMedia { get; set; }

    internal List<ChangeEvent> ToEvents(Guid organizationId, DateTimeOffset now) =>
        [.. Events.Select(e => new ChangeEvent(organizationId, e.Subject, e.Name, e.Data, now))];
}

namespace Omni.Core.Events;

/// <summary>What one event tells; docs/events.md is made from these.</summary>
/// <param name="Name">Its name, from <see cref="EventNames"/>.</param>
/// <param name="Subject">The subjects it is told on.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="IsStored">False for what only matters now, and is not in the feed.</param>
public sealed record EventInfo(string Name, string Subject, string Meaning, bool IsStored = true);

/// <summary>All events, in the order of the documentation.</summary>
public static class EventCatalogue
{
    private const string Conversation = "conversation:{id}, organization";

    /// <summary>One entry for each of <see cref="EventNames"/>.</summary>
    public static IReadOnlyList<EventInfo> All { get; } =
    [
        new(EventNames.ConversationCreated, Conversation, "A customer began a conversation, or a person of the team did."),
        new(EventNames.ConversationUpdated, Conversation, "State, assignee, team, priority, labels or snooze of a conversation changed."),
        new(EventNames.MessageCreated, Conversation, "A message, note or activity was added."),
        new(EventNames.MessageUpdated, Conversation, "The content of a message changed: edited on the platform, or a file arrived."),
        new(EventNames.MessageStatusChanged, Conversation, "An outgoing message got further, or failed."),
        new(EventNames.MessageDeleted, Conversation, "A message was taken back."),
        new(EventNames.ReactionAdded, Conversation, "Somebody reacted to a message."),
        new(EventNames.ReactionRemoved, Conversation, "A reaction was taken back."),
        new(EventNames.ContactCreated, ChangeEvent.Organization, "A customer became known."),
        new(EventNames.ContactUpdated, ChangeEvent.Organization, "A customer's name, attributes, labels or block changed."),
        new(EventNames.ContactMerged, ChangeEvent.Organization, "Two customers became one, or the merge was undone."),
        new(EventNames.ChannelStatus, ChangeEvent.Organization, "A channel began or ceased to work, or was connected, changed or removed."),
        new(EventNames.MemberJoined, ChangeEvent.Organization, "Somebody joined the organization."),
        new(EventNames.MemberLeft, ChangeEvent.Organization, "Somebody left the organization or was removed."),
        new(EventNames.MemberUpdated, ChangeEvent.Organization, "A member's role or availability changed."),
        new(EventNames.TypingStarted, Conversation, "A customer or a person of the team is writing.", IsStored: false),
        new(EventNames.TypingStopped, Conversation, "Nobody is writing any more.", IsStored: false),
        new(EventNames.ViewerJoined, Conversation, "A person of the team opened the conversation.", IsStored: false),
        new(EventNames.ViewerLeft, Conversation, "A person of the team closed the conversation.", IsStored: false),
        new(EventNames.SandboxUpdated, "sandbox:{id}", "Something passed between Omni and a pretend platform, or its behaviour changed."),
        new(EventNames.ConversationRead, Conversation, "The team read what the customer wrote.", IsStored: false),
        new(EventNames.VisitorChanged, Conversation, "A visitor of the website chat looks at another page, became known, came or left.", IsStored: false),
        new(EventNames.DraftChanged, "user:{id}", "The person's unsent text was saved on another page or device."),
        new(EventNames.ReadChanged, "user:{id}", "The person read on another page or device."),
        new(EventNames.NotificationCreated, "user:{id}", "The person has a new notification."),
        new(EventNames.NotificationRead, "user:{id}", "The person saw notifications, here or on another page or device.", IsStored: false),
        new(EventNames.SessionEnded, "user:{id}", "One of the person's sessions ended: pages and streams of it close."),
    ];
}

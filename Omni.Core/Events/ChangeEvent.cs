using System.Text.Json.Nodes;
using Omni.Core.Common;

namespace Omni.Core.Events;

/// <summary>Something that was committed. Stored in <c>change_events</c> with the change itself, and announced after the commit.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Subject">Where it belongs: <c>organization</c>, <c>conversation:{id}</c>, <c>user:{id}</c>.</param>
/// <param name="Name">Name from the catalogue, as <c>message.created</c>.</param>
/// <param name="Data">Ids and the changed members, small.</param>
/// <param name="At">When (UTC).</param>
public sealed record ChangeEvent(Guid OrganizationId, string Subject, string Name, JsonObject Data, DateTimeOffset At)
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <summary>The subject of an organization's common events.</summary>
    public const string Organization = "organization";

    /// <summary>The subject of one conversation.</summary>
    public static string Conversation(Guid id) => $"conversation:{id}";

    /// <summary>The subject of one play channel.</summary>
    public static string Sandbox(Guid channelId) => $"sandbox:{channelId}";

    /// <summary>The subject of one person.</summary>
    public static string User(Guid id) => $"user:{id}";
}

/// <summary>Names of events (docs/events.md).</summary>
public static class EventNames
{
#pragma warning disable CS1591 // each name says itself; docs/events.md lists their data
    public const string ConversationCreated = "conversation.created";
    public const string ConversationUpdated = "conversation.updated";
    public const string MessageCreated = "message.created";
    public const string MessageUpdated = "message.updated";
    public const string MessageStatusChanged = "message.status";
    public const string MessageDeleted = "message.deleted";
    public const string ReactionAdded = "reaction.added";
    public const string ReactionRemoved = "reaction.removed";
    public const string ContactCreated = "contact.created";
    public const string ContactUpdated = "contact.updated";
    public const string ContactMerged = "contact.merged";
    public const string ChannelStatus = "channel.status";
    public const string MemberJoined = "member.joined";
    public const string MemberLeft = "member.left";
    public const string MemberUpdated = "member.updated";
    public const string TypingStarted = "typing.started";
    public const string TypingStopped = "typing.stopped";
    public const string ViewerJoined = "viewer.joined";
    public const string ViewerLeft = "viewer.left";
    public const string DraftChanged = "draft.changed";
    public const string ReadChanged = "read.changed";
    public const string SandboxUpdated = "sandbox.updated";
    public const string NotificationCreated = "notification.created";
    public const string NotificationRead = "notification.read";
    public const string ConversationRead = "conversation.read";
    public const string VisitorChanged = "visitor.changed";
    public const string SessionEnded = "session.ended";
#pragma warning restore CS1591

    /// <summary>True for signs that are announced but never stored: typing, viewing, read marks, a person's own marks, sessions.</summary>
    public static bool IsFleeting(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name is TypingStarted or TypingStopped or ViewerJoined or ViewerLeft or DraftChanged or ReadChanged or ConversationRead or VisitorChanged or NotificationRead or SessionEnded;
    }
}

/// <summary>Announces what was committed to everybody who watches, in this process and, with Redis, in the others. A hint: losing one costs a second, never a message.</summary>
public interface IEventBus
{
    /// <summary>Announces. Never throws and never waits for a listener.</summary>
    void Publish(IReadOnlyList<ChangeEvent> events);

    /// <summary>Listens to one subject of one organization. <see cref="ChangeEvent.Organization"/> also hears every conversation's events. The handlers are called one at a time in order of publishing, outside the publisher's thread; what they throw is logged.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="handler">Gets each event. An event comes at most once, also when it is announced in several ways.</param>
    /// <param name="onGap">Called instead of events that were dropped because this listener fell too far behind, and after the bus had gaps: read everything again.</param>
    /// <returns>Dispose to stop; a call that is running then still ends.</returns>
    IDisposable Subscribe(Guid organizationId, string subject, Func<ChangeEvent, ValueTask> handler, Func<ValueTask>? onGap = null);

    /// <summary>Listens for gaps: the bus lost its connection and hints may be missing, so what is on screen must be read again. For those who hold no subscription that could be told itself.</summary>
    IDisposable OnGap(Func<ValueTask> handler);
}

using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Events;
using Omni.Core.Identity;

namespace Omni.Core.Inbox;

/// <summary>Adds lines to a conversation's timeline inside a unit of work. The caller holds the conversation's row lock (it was read for update).</summary>
internal static class Activities
{
    /// <summary>Takes the next seq for a line that belongs at the end of the timeline now.</summary>
    internal static Message Append(
        this Conversation conversation, Actor actor, MessageKind kind, string type, string? text, JsonObject? payload, DateTimeOffset now, Guid? clientId = null)
    {
        conversation.LastSeq++;
        conversation.LastPosition = Math.Max(now.ToUnixTimeMilliseconds(), conversation.LastPosition);
        return new Message
        {
            OrganizationId = conversation.OrganizationId,
            ConversationId = conversation.Id,
            ChannelId = conversation.ChannelId,
            Seq = conversation.LastSeq,
            Position = conversation.LastPosition,
            Direction = MessageDirection.Internal,
            Kind = kind,
            Type = type,
            Text = text,
            Payload = payload?.ToJsonString(),
            AuthorId = actor.UserId == Guid.Empty ? null : actor.UserId,
            Source = actor.ByToken ? MessageSource.Api : MessageSource.Person,
            ClientId = clientId,
            Status = MessageStatus.Received,
            ReceivedAt = now,
            CreatedAt = now,
        };
    }

    /// <summary>The event "this message is new".</summary>
    internal static ChangeEvent Created(Message message, DateTimeOffset now) => new(
        message.OrganizationId,
        ChangeEvent.Conversation(message.ConversationId),
        EventNames.MessageCreated,
        new JsonObject
        {
            ["conversationId"] = message.ConversationId,
            ["messageId"] = message.Id,
            ["seq"] = message.Seq,
            ["direction"] = Common.Names.Of(message.Direction),
            ["kind"] = Common.Names.Of(message.Kind),
        },
        now);

    /// <summary>The event "this conversation changed".</summary>
    internal static ChangeEvent Updated(Conversation conversation, DateTimeOffset now, JsonObject? changed = null)
    {
        var data = changed ?? [];
        data["conversationId"] = conversation.Id;
        return new ChangeEvent(conversation.OrganizationId, ChangeEvent.Conversation(conversation.Id), EventNames.ConversationUpdated, data, now);
    }

    /// <summary>Names of activity lines; their data is in the payload.</summary>
    internal const string Assigned = "assigned";

    internal const string Unassigned = "unassigned";

    internal const string StatusChanged = "status";

    internal const string PriorityChanged = "priority";

    internal const string Labelled = "labels";

    internal const string WokeUp = "woke";

    /// <summary>The messages went on to another conversation of the same person.</summary>
    internal const string Joined = "joined";
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Core.Media;

namespace Omni.Infrastructure.Channels.Inbound;

/// <content>What changes messages that are already there: statuses, reactions, edits, deletions.</content>
internal sealed partial class InboundBatch
{
    private void ApplyToMessage(InboundEvent item, DateTimeOffset receivedAt, bool mayWait)
    {
        var target = item.ExternalId is { } id && loaded.Messages.TryGetValue(id, out var byId) ? byId : null;
        if (target is { Row.Status: MessageStatus.Sending or MessageStatus.Unknown } && item.Status == "failed")
        {
            return; // The id belongs to an attempt before the one that is under way.
        }

        if (target is null && item.ClientReference is { } reference && Guid.TryParse(reference, out var own) && loaded.MessagesById.TryGetValue(own, out target))
        {
            if (target.Row.ExternalId is { } other && other != item.ExternalId && item.Status == "failed" && target.Row.Status is not (MessageStatus.Sending or MessageStatus.Unknown))
            {
                return; // An earlier attempt failed, and the platform repeats it; the message was sent again since.
            }

            // The answer to our send was lost or is still on its way: this names the message.
            if (target.Row.ExternalId is null || target.Row.Status is MessageStatus.Sending or MessageStatus.Unknown)
            {
                target.Row.ExternalId = item.ExternalId;
                target.Changed = true;
            }

            if (item.ExternalId is { } name)
            {
                loaded.Messages[name] = target;
            }
        }

        if (target is null)
        {
            if (mayWait && item.ExternalId is { } later)
            {
                Changes.Pending.Add(new PendingUpdate
                {
                    OrganizationId = channel.OrganizationId,
                    ChannelId = channel.ChannelId,
                    ExternalId = later,
                    Event = JsonSerializer.Serialize(item, InboundLoaded.EventJson),
                    ReceivedAt = receivedAt,
                });
            }

            return;
        }

        switch (item.Kind)
        {
            case InboundKind.Status:
                MoveStatus(target, item);
                break;
            case InboundKind.Reaction:
                React(target.Row, item, receivedAt);
                break;
            case InboundKind.Edit:
                Edit(target, item, receivedAt);
                break;
            case InboundKind.Deletion:
                Withdraw(target, receivedAt);
                break;
        }
    }

    /// <summary>Everything up to a message, or up to a moment, was delivered or read.</summary>
    private void ApplyWatermark(InboundEvent item, DateTimeOffset receivedAt)
    {
        var status = item with { Kind = InboundKind.Status };
        if (item.ExternalId is not null)
        {
            ApplyToMessage(status, receivedAt, mayWait: true);
        }

        var until = item.ExternalId is null ? item.Timestamp?.ToUnixTimeMilliseconds()
            : loaded.Messages.TryGetValue(item.ExternalId, out var target) ? target.Row.Position
            : null;
        if (until is null || item.ContactId is null || !loaded.People.TryGetValue(item.ContactId, out var person))
        {
            return;
        }

        foreach (var sent in loaded.MessagesById.Values.Where(m => m.Row.Direction == MessageDirection.Out && m.Row.Status is MessageStatus.Sent or MessageStatus.Delivered
            && m.Row.Position <= until && Find(m.Row.ConversationId)?.ContactId == person.ContactId).ToList())
        {
            MoveStatus(sent, status);
        }
    }

    /// <summary>The message of ours that an echo shows, when the answer to its send is not recorded: by our reference, or else by its words.</summary>
    private Guid? OwnSend(InboundEvent echo)
    {
        if (Guid.TryParse(echo.ClientReference, out var reference))
        {
            return loaded.MessagesById.ContainsKey(reference) ? reference : null;
        }

        return channel.Capabilities.EchoesWithoutReference && ContactOf(echo) is { } contactId
            ? loaded.MessagesById.Values.Where(m => m.Row is { ExternalId: null, Direction: MessageDirection.Out }
                    && (m.Row.Status is MessageStatus.Sending or MessageStatus.Unknown || (m.Row.Status == MessageStatus.Sent && channel.Capabilities.NamesLater))
                    && Find(m.Row.ConversationId) is { } conversation && conversation.ContactId == contactId && (conversation.ThreadKey.Length == 0 || conversation.ThreadKey == echo.ThreadKey)
                    && (m.Row.Text ?? "").Trim() == (echo.Text ?? "").Trim() && (m.Row.Type == echo.Type || m.Row.Type == "interactive"))
                .OrderBy(m => m.Row.Position).Select(m => (Guid?)m.Row.Id).FirstOrDefault()
            : null;
    }

    /// <summary>Whom an echo went to: where it names nobody, the person of the conversation it answers in.</summary>
    private Guid? ContactOf(InboundEvent echo) => echo.ContactId is { } id
        ? loaded.People.TryGetValue(id, out var person) ? person.ContactId : null
        : Answered(echo)?.ContactId;

    /// <summary>The conversation with the message that an event answers.</summary>
    private ConversationState? Answered(InboundEvent item) =>
        item.ReplyTo is { } target && loaded.Messages.TryGetValue(target, out var message) ? Find(message.Row.ConversationId) : null;

    private void MoveStatus(MessageState target, InboundEvent item)
    {
        var message = target.Row;
        var next = item.Status switch
        {
            "sent" => MessageStatus.Sent,
            "delivered" => MessageStatus.Delivered,
            "read" or "played" => MessageStatus.Read,
            "failed" => MessageStatus.Failed,
            _ => (MessageStatus?)null,
        };
        if (next is not { } status || message.Direction != MessageDirection.Out || !MessageProgress.MayMove(message.Status, status))
        {
            return;
        }

        message.Status = status;
        (message.ErrorCode, message.ErrorMessage, message.ErrorRetryable) = status == MessageStatus.Failed
            ? (item.Error?.Code, item.Error?.Message ?? $"{channel.Kind} could not deliver it.", item.Error?.Reaction is not (SendReaction.GiveUpContact or SendReaction.GiveUpContent))
            : (null, null, false);
        target.Changed = target.StatusMoved = true;
        Changes.Settled.Add((message.Id, status == MessageStatus.Failed ? "rejected" : "accepted"));
        if (Find(message.ConversationId) is { } conversation && conversation.LastMessageId == message.Id)
        {
            conversation.LastMessageStatus = status;
            conversation.Changed = true;
        }

        Changes.Events.Add((EventNames.MessageStatusChanged, ChangeEvent.Conversation(message.ConversationId), Data(message, new JsonObject { ["status"] = Names.Of(status) })));
    }

    private void React(Message message, InboundEvent item, DateTimeOffset receivedAt)
    {
        var emoji = item.Extra["action"]?.GetValue<string>() == "remove" ? null : item.Extra["emoji"]?.GetValue<string>();
        var reactor = item.Direction == MessageDirection.Out || item.ContactId is null ? "user:platform" : $"contact:{Person(item, null).ContactId}";
        var at = item.Timestamp ?? receivedAt;
        if (Changes.Reactions.Exists(r => r.MessageId == message.Id && r.Reactor == reactor && r.At > at))
        {
            return; // What came first in time came last.
        }

        Changes.Reactions.RemoveAll(r => r.MessageId == message.Id && r.Reactor == reactor);
        Changes.Reactions.Add((message.Id, reactor, emoji ?? "", at));
        Changes.Events.Add((
            string.IsNullOrEmpty(emoji) ? EventNames.ReactionRemoved : EventNames.ReactionAdded,
            ChangeEvent.Conversation(message.ConversationId),
            Data(message, new JsonObject { ["emoji"] = emoji, ["reactor"] = reactor })));
    }

    private void Edit(MessageState target, InboundEvent item, DateTimeOffset receivedAt)
    {
        var message = target.Row;
        var at = item.Timestamp ?? receivedAt;
        if (message.DeletedAt is not null || message.EditedAt > at || (message.EditedAt == at && message.Text == item.Text))
        {
            return;
        }

        (message.Text, message.EditedAt) = (item.Text, at);
        target.Changed = true;
        SyncPreview(message);
        Changes.Events.Add((EventNames.MessageUpdated, ChangeEvent.Conversation(message.ConversationId), Data(message)));
    }

    private void Withdraw(MessageState target, DateTimeOffset receivedAt)
    {
        var message = target.Row;
        if (message.DeletedAt is not null)
        {
            return;
        }

        (message.Text, message.Payload, message.DeletedAt) = (null, null, receivedAt);
        target.Changed = true;
        Changes.Attachments.RemoveAll(a => a.MessageId == message.Id);
        Changes.Withdrawn.Add(message.Id);
        if (Find(message.ConversationId) is { } conversation && conversation.LastMessageId == message.Id)
        {
            (conversation.LastMessagePreview, conversation.Changed) = ("Message taken back", true);
        }

        Changes.Events.Add((EventNames.MessageDeleted, ChangeEvent.Conversation(message.ConversationId), Data(message)));
    }
}

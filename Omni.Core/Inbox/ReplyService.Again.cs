using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <content>Sending again, and reactions.</content>
public sealed partial class ReplyService
{
    /// <summary>Sends a failed message again, or one whose fate is unknown when the person confirmed that.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="messageId">The message.</param>
    /// <param name="evenIfUnknown">True when the person was warned that it may have been sent already.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<Guid>> RetryAsync(Actor actor, Guid messageId, bool evenIfUnknown, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var conversationId = await db.Messages.Where(m => m.Id == messageId && m.Direction == MessageDirection.Out)
            .Select(m => (Guid?)m.ConversationId).SingleOrDefaultAsync(ct);
        if (conversationId is null || await db.LockAsync<Conversation>(conversationId.Value, ct) is not { } conversation)
        {
            return new Refusal.NotFound("The message");
        }

        var message = await db.Messages.SingleAsync(m => m.Id == messageId, ct);
        var waiting = await db.Set<OutboxEntry>().AnyAsync(o => o.MessageId == messageId, ct);
        if (waiting || message.Status is not (MessageStatus.Failed or MessageStatus.Unknown))
        {
            return new Refusal.Conflict(message.Status == MessageStatus.Unknown
                ? "It is still being checked whether this message was sent."
                : "This message is not in a failed state.");
        }

        if (message.Status == MessageStatus.Unknown && !evenIfUnknown)
        {
            return new Refusal.Conflict("This message may have been sent already. Confirm to send it again.");
        }

        var now = clock.GetUtcNow();
        message.Status = MessageStatus.Queued;
        (message.ErrorCode, message.ErrorMessage, message.ErrorRetryable) = (null, null, false);
        await AddToOutboxAsync(db, message, now, ct);
        SyncPreview(conversation, message);
        db.Raise(StatusEvent(message, now));
        db.Raise(Activities.Updated(conversation, now));
        await db.CommitAsync(ct);
        signals.Outbox.Set();
        return message.Id;
    }

    /// <summary>Sets the team's reaction to a message, or removes it with an empty emoji, and tells the platform.</summary>
    public async Task<Result<Done>> ReactAsync(Actor actor, Guid messageId, string emoji, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(emoji);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        if (emoji.Length > 32 || !IsStorable(emoji))
        {
            return new Refusal.Invalid("emoji", "One emoji is expected.");
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var conversationId = await db.Messages.Where(m => m.Id == messageId).Select(m => (Guid?)m.ConversationId).SingleOrDefaultAsync(ct);
        if (conversationId is null || await db.LockAsync<Conversation>(conversationId.Value, ct) is not { } conversation)
        {
            return new Refusal.NotFound("The message");
        }

        var target = await db.Messages.SingleAsync(m => m.Id == messageId, ct);
        var channel = await db.Channels.SingleAsync(c => c.Id == conversation.ChannelId, ct);
        if (target.ExternalId is null || adapters.Find(channel.Kind)?.Capabilities.Reactions != true)
        {
            return new Refusal.Invalid("emoji", "This message cannot get a reaction.");
        }

        if (Sendable(actor, channel, conversation, template: false) is { } refusal)
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        var ours = await db.Set<Reaction>().Where(r => r.MessageId == messageId && r.Reactor.StartsWith("user:")).ToListAsync(ct);
        db.Set<Reaction>().RemoveRange(ours);
        await db.SaveChangesAsync(ct);
        if (emoji.Length > 0)
        {
            db.Set<Reaction>().Add(new Reaction(actor.OrganizationId, messageId, $"user:{actor.UserId}") { Emoji = emoji, At = now });
        }

        var sign = conversation.Append(actor, MessageKind.Activity, "reaction", null, new JsonObject { ["emoji"] = emoji, ["messageId"] = messageId }, now);
        var outgoing = Outgoing(sign, target);
        db.Messages.Add(outgoing);
        await AddToOutboxAsync(db, outgoing, now, ct);
        db.Raise(new ChangeEvent(
            actor.OrganizationId,
            ChangeEvent.Conversation(conversation.Id),
            emoji.Length > 0 ? EventNames.ReactionAdded : EventNames.ReactionRemoved,
            new JsonObject { ["conversationId"] = conversation.Id, ["messageId"] = messageId, ["emoji"] = emoji, ["userId"] = actor.UserId },
            now));
        await db.CommitAsync(ct);
        signals.Outbox.Set();
        return default(Done);
    }

    private static Message Outgoing(Message sign, Message target) => new()
    {
        Id = sign.Id,
        OrganizationId = sign.OrganizationId,
        ConversationId = sign.ConversationId,
        ChannelId = sign.ChannelId,
        Seq = sign.Seq,
        Position = sign.Position,
        Direction = MessageDirection.Out,
        Kind = MessageKind.Activity,
        Type = "reaction",
        Payload = sign.Payload,
        AuthorId = sign.AuthorId,
        Source = sign.Source,
        ReplyToId = target.Id,
        ReplyToExternalId = target.ExternalId,
        Status = MessageStatus.Queued,
        ReceivedAt = sign.ReceivedAt,
        CreatedAt = sign.CreatedAt,
    };

    private static void SyncPreview(Conversation conversation, Message message)
    {
        if (conversation.LastMessageId == message.Id)
        {
            conversation.LastMessageStatus = message.Status;
        }
    }

    private static ChangeEvent StatusEvent(Message message, DateTimeOffset now) => new(
        message.OrganizationId,
        ChangeEvent.Conversation(message.ConversationId),
        EventNames.MessageStatusChanged,
        new JsonObject { ["conversationId"] = message.ConversationId, ["messageId"] = message.Id, ["status"] = Names.Of(message.Status) },
        now);
}

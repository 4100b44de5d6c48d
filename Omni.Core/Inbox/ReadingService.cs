using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;

namespace Omni.Core.Inbox;

/// <summary>What a person does in a conversation without changing it: reads, types, leaves a draft. Tells the person's other windows and, where the platform has such signs, the customer.</summary>
public sealed class ReadingService(IInboxReader reader, IInboxMarks marks, Presence presence, IOutboundSignals signals, IEventBus bus, TimeProvider clock)
{
    /// <summary>Longest draft, in characters.</summary>
    public const int MaxDraftLength = 50_000;

    /// <summary>Moves the person's read pointer.</summary>
    /// <param name="actor">Who reads.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="seq">Up to this message; null for the newest.</param>
    /// <param name="unread">True to make the conversation unread again.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The pointer now.</returns>
    public async Task<Result<int>> ReadAsync(Actor actor, Guid conversationId, int? seq, bool unread, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!(await reader.FindAsync(actor, conversationId, ct)).Succeeded(out var item, out var refusal))
        {
            return refusal;
        }

        var target = unread ? item.Row.LastUnreadSeq - 1 : seq ?? item.Row.LastSeq;
        if (await marks.ReadAsync(actor, conversationId, Math.Max(0, target), backwards: unread, ct) is not { } pointer)
        {
            return new Refusal.NotFound("The conversation");
        }

        if (pointer != item.LastReadSeq)
        {
            Tell(actor, EventNames.ReadChanged, new JsonObject { ["conversationId"] = conversationId, ["lastReadSeq"] = pointer, ["unread"] = item.Row.LastUnreadSeq > pointer });
        }

        if (item.Unread && pointer >= item.Row.LastUnreadSeq)
        {
            signals.Read(actor, conversationId);
            bus.Publish([new ChangeEvent(
                actor.OrganizationId, ChangeEvent.Conversation(conversationId), EventNames.ConversationRead,
                new JsonObject { ["conversationId"] = conversationId, ["seq"] = pointer }, clock.GetUtcNow())]);
        }

        return pointer;
    }

    /// <summary>Tells the team, and for a reply the customer, that the person is writing.</summary>
    /// <param name="actor">Who writes.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="note">True for a note, which the customer never hears of.</param>
    /// <param name="stopped">True when the person stopped writing.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<Done>> TypingAsync(Actor actor, Guid conversationId, bool note, bool stopped, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if ((await reader.RowsAsync(actor.OrganizationId, [conversationId], ct)).Count == 0)
        {
            return new Refusal.NotFound("The conversation");
        }

        if (stopped)
        {
            presence.StoppedTyping(actor, conversationId);
        }
        else if (presence.Typing(actor, conversationId, note) && !note)
        {
            signals.Typing(actor, conversationId);
        }

        return default(Done);
    }

    /// <summary>Keeps what the person has written; an empty text removes it.</summary>
    /// <param name="actor">Who writes.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="mode"><c>reply</c> or <c>note</c>.</param>
    /// <param name="text">The text.</param>
    /// <param name="writtenAt">When it was written; null for now. A time ahead of the server's clock counts as now.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<Done>> SaveDraftAsync(Actor actor, Guid conversationId, string mode, string text, DateTimeOffset? writtenAt, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(text);
        if (mode is not ("reply" or "note"))
        {
            return new Refusal.Invalid("mode", "reply or note is expected.");
        }

        if (text.Length > MaxDraftLength)
        {
            return new Refusal.Invalid("text", $"A draft has at most {MaxDraftLength} characters.");
        }

        var now = clock.GetUtcNow();
        if (!await marks.SaveDraftAsync(actor, conversationId, mode, text, writtenAt is { } at && at < now ? at : now, ct))
        {
            return new Refusal.NotFound("The conversation");
        }

        Tell(actor, EventNames.DraftChanged, new JsonObject { ["conversationId"] = conversationId, ["mode"] = mode, ["empty"] = text.Length == 0 });
        return default(Done);
    }

    /// <summary>The person's drafts of one conversation.</summary>
    public async Task<Result<IReadOnlyList<Draft>>> DraftsAsync(Actor actor, Guid conversationId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if ((await reader.RowsAsync(actor.OrganizationId, [conversationId], ct)).Count == 0)
        {
            return new Refusal.NotFound("The conversation");
        }

        var drafts = await marks.DraftsAsync(actor, conversationId, ct);
        return drafts.Values.OrderBy(d => d.Mode, StringComparer.Ordinal).ToArray();
    }

    private void Tell(Actor actor, string name, JsonObject data) =>
        bus.Publish([new ChangeEvent(actor.OrganizationId, ChangeEvent.User(actor.UserId), name, data, clock.GetUtcNow())]);
}

using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Inbox;

/// <summary>Why a conversation is as it is: what people and programs did to it, and every try to send.</summary>
public sealed class TimelineService(IOmniDbFactory dbs)
{
    /// <summary>One page, newest first.</summary>
    /// <returns>The page, or a refusal when the conversation does not exist or the cursor is not one of this list.</returns>
    public async Task<Result<Page<TimelineEvent>>> ListAsync(Actor actor, Guid conversationId, string? cursor, int limit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        limit = Cursor.Limit(limit);
        var (at, id) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (cursor is not null && !Cursor.TryRead(cursor, out at, out id))
        {
            return new Refusal.Invalid("cursor", "It must be a nextCursor of this list.");
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (!await db.Conversations.AnyAsync(c => c.Id == conversationId, ct))
        {
            return new Refusal.NotFound("The conversation");
        }

        var lines = await db.Messages
            .Where(m => m.ConversationId == conversationId && m.Kind == MessageKind.Activity && (m.CreatedAt < at || (m.CreatedAt == at && m.Id < id)))
            .OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).Take(limit + 1)
            .Select(m => new { m.Id, m.CreatedAt, m.Type, m.AuthorId, m.Source, m.Payload }).ToListAsync(ct);
        var tries = await db.Set<MessageAttempt>()
            .Where(t => t.StartedAt < at || (t.StartedAt == at && t.Id < id))
            .Join(db.Messages.Where(m => m.ConversationId == conversationId), t => t.MessageId, m => m.Id, (t, m) => t)
            .OrderByDescending(t => t.StartedAt).ThenByDescending(t => t.Id).Take(limit + 1).ToListAsync(ct);

        var entries = lines.Select(l => new TimelineEvent(l.Id, l.CreatedAt, "activity", l.Type, null, l.AuthorId, l.Source, Json(l.Payload)))
            .Concat(tries.Select(t => new TimelineEvent(t.Id, t.StartedAt, "attempt", t.Outcome ?? "running", t.MessageId, null, null, JsonSerializer.SerializeToElement(
                new { number = t.Number, finishedAt = t.FinishedAt, code = t.Code, detail = t.Detail }))))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id, ByteOrder).Take(limit + 1).ToList();
        var next = entries.Count > limit ? Cursor.Write(entries[limit - 1].At, entries[limit - 1].Id) : null;
        return new Page<TimelineEvent>(entries.Count > limit ? entries[..limit] : entries, next, limit);
    }

    // The order of PostgreSQL, which compares the bytes as written.
    private static readonly Comparer<Guid> ByteOrder = Comparer<Guid>.Create((a, b) => string.CompareOrdinal(a.ToString("N"), b.ToString("N")));

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>One entry of a conversation's timeline.</summary>
/// <param name="Id">Identity of the activity or attempt.</param>
/// <param name="At">When.</param>
/// <param name="Kind"><c>activity</c> or <c>attempt</c>.</param>
/// <param name="Name">What happened: the activity's name, or the attempt's outcome.</param>
/// <param name="MessageId">For attempts: the message.</param>
/// <param name="ActorId">The person; null for programs and attempts.</param>
/// <param name="Source">What made it; null for attempts.</param>
/// <param name="Data">Further members.</param>
public sealed record TimelineEvent(
    Guid Id, DateTimeOffset At, string Kind, string Name, Guid? MessageId, Guid? ActorId, MessageSource? Source, JsonElement? Data);

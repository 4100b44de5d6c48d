using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <summary>Changes conversations: state, person, priority, labels, snooze. Each change leaves a line in the timeline.</summary>
public sealed class ConversationService(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>Conversations changed in one call at most.</summary>
    public const int MaxBulk = 200;

    /// <summary>Changes one conversation.</summary>
    /// <returns>Its version now, or why not. Reopening while a newer one of the same person is open names that one.</returns>
    public async Task<Result<long>> PatchAsync(Actor actor, Guid id, ConversationPatch patch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(patch);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.LockAsync<Conversation>(id, ct) is not { } conversation)
        {
            return new Refusal.NotFound("The conversation");
        }

        var now = clock.GetUtcNow();
        var lines = new List<Message>();
        var refusal = await ReassignAsync(db, actor, conversation, patch, lines, now, ct)
            ?? await MoveAsync(db, actor, conversation, patch, lines, now, ct)
            ?? await RelabelAsync(db, actor, conversation, patch, lines, now, ct);
        if (refusal is not null)
        {
            return refusal;
        }

        if (patch.Priority is { } priority && priority != conversation.Priority)
        {
            conversation.Priority = priority;
            lines.Add(conversation.Append(actor, MessageKind.Activity, Activities.PriorityChanged, null, new JsonObject { ["priority"] = Names.Of(priority) }, now));
        }

        if (lines.Count == 0)
        {
            return conversation.Version;
        }

        db.Messages.AddRange(lines);
        foreach (var line in lines)
        {
            db.Raise(Activities.Created(line, now));
        }

        db.Raise(Activities.Updated(conversation, now, new JsonObject
        {
            ["status"] = Names.Of(conversation.Status),
            ["assigneeId"] = conversation.AssigneeId,
            ["priority"] = Names.Of(conversation.Priority),
        }));
        await db.CommitAsync(ct);
        return conversation.Version;
    }

    /// <summary>Changes several conversations, each in its own transaction.</summary>
    /// <returns>What became of each, in the order asked.</returns>
    public async Task<Result<IReadOnlyDictionary<Guid, string?>>> PatchManyAsync(
        Actor actor, IReadOnlyList<Guid> ids, ConversationPatch patch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count is 0 or > MaxBulk)
        {
            return new Refusal.Invalid("ids", $"Name 1 to {MaxBulk} conversations.");
        }

        var outcome = new Dictionary<Guid, string?>();
        foreach (var id in ids.Distinct())
        {
            outcome[id] = (await PatchAsync(actor, id, patch, ct)).Refusal?.Message;
        }

        return outcome;
    }

    /// <summary>Wakes the snoozed conversations of one organization whose time has come.</summary>
    /// <returns>How many woke.</returns>
    public async Task<int> WakeAsync(Guid organizationId, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var woken = 0;
        foreach (var id in ids.Order())
        {
            await using var db = await dbs.OpenAsync(organizationId, ct);
            var now = clock.GetUtcNow();
            if (await db.LockAsync<Conversation>(id, ct) is not { Status: ConversationStatus.Snoozed } conversation || conversation.SnoozedUntil > now)
            {
                continue;
            }

            (conversation.Status, conversation.SnoozedUntil, conversation.LastActivityAt) = (ConversationStatus.Open, null, now);
            var line = conversation.Append(Actor.System(organizationId), MessageKind.Activity, Activities.WokeUp, null, null, now);
            conversation.LastUnreadSeq = line.Seq;
            db.Messages.Add(line);
            db.Raise(Activities.Created(line, now));
            db.Raise(Activities.Updated(conversation, now, new JsonObject { ["status"] = Names.Of(conversation.Status) }));
            await db.CommitAsync(ct);
            woken++;
        }

        return woken;
    }

    private static async Task<Refusal?> ReassignAsync(
        IOmniDb db, Actor actor, Conversation conversation, ConversationPatch patch, List<Message> lines, DateTimeOffset now, CancellationToken ct)
    {
        if (patch.AssigneeId is not { } assignee)
        {
            return null;
        }

        var next = assignee == Guid.Empty ? (Guid?)null : assignee;
        if (next == conversation.AssigneeId)
        {
            return null;
        }

        var name = next is null ? null : await db.Memberships
            .Where(m => m.OrganizationId == actor.OrganizationId && m.UserId == next)
            .Join(db.Users, m => m.UserId, u => u.Id, (m, u) => u.DisplayName).SingleOrDefaultAsync(ct);
        if (next is not null && name is null)
        {
            return new Refusal.Invalid("assigneeId", "It must be a member of the organization.");
        }

        conversation.AssigneeId = next;
        lines.Add(conversation.Append(
            actor, MessageKind.Activity, next is null ? Activities.Unassigned : Activities.Assigned, null,
            next is null ? null : new JsonObject { ["assigneeId"] = next, ["assigneeName"] = name }, now));
        return null;
    }

    private static async Task<Refusal?> MoveAsync(
        IOmniDb db, Actor actor, Conversation conversation, ConversationPatch patch, List<Message> lines, DateTimeOffset now, CancellationToken ct)
    {
        var status = patch.Status ?? (patch.SnoozedUntil is null ? null : ConversationStatus.Snoozed);
        if (status is null || (status == conversation.Status && patch.SnoozedUntil is null))
        {
            return null;
        }

        if (status == ConversationStatus.Snoozed && (patch.SnoozedUntil is not { } until || until <= now || until > now.AddYears(1)))
        {
            return new Refusal.Invalid("snoozedUntil", "Snoozing needs a time within the next year.");
        }

        var wasOver = conversation.Status is ConversationStatus.Resolved or ConversationStatus.Spam;
        var isOver = status is ConversationStatus.Resolved or ConversationStatus.Spam;
        if (wasOver && !isOver)
        {
            var open = await db.Conversations.Where(c => c.ChannelId == conversation.ChannelId && c.ContactId == conversation.ContactId
                && c.ThreadKey == conversation.ThreadKey && c.Id != conversation.Id
                && c.Status != ConversationStatus.Resolved && c.Status != ConversationStatus.Spam).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(ct);
            if (open is not null)
            {
                return new Refusal.Conflict("A newer conversation with this person is already open.") { Details = new { conversationId = open } };
            }
        }

        conversation.Status = status.Value;
        conversation.SnoozedUntil = status == ConversationStatus.Snoozed ? patch.SnoozedUntil!.Value.ToUniversalTime() : null;
        conversation.ResolvedAt = status == ConversationStatus.Resolved ? now : null;
        conversation.WaitingSince = isOver ? null : conversation.WaitingSince;
        lines.Add(conversation.Append(actor, MessageKind.Activity, Activities.StatusChanged, null, new JsonObject
        {
            ["status"] = Names.Of(status.Value),
            ["until"] = conversation.SnoozedUntil,
        }, now));
        return null;
    }

    private static async Task<Refusal?> RelabelAsync(
        IOmniDb db, Actor actor, Conversation conversation, ConversationPatch patch, List<Message> lines, DateTimeOffset now, CancellationToken ct)
    {
        if (patch.Labels is null)
        {
            return null;
        }

        var wanted = await db.Set<Label>().Where(l => patch.Labels.Contains(l.Id)).ToListAsync(ct);
        if (wanted.Count != patch.Labels.Distinct().Count())
        {
            return new Refusal.Invalid("labels", "Each must be the id of a label of the organization.");
        }

        var present = await db.Set<ConversationLabel>().Where(l => l.ConversationId == conversation.Id).ToListAsync(ct);
        var added = wanted.Where(l => present.All(p => p.LabelId != l.Id)).ToList();
        var removed = present.Where(p => wanted.All(l => l.Id != p.LabelId)).ToList();
        if (added.Count + removed.Count == 0)
        {
            return null;
        }

        db.Set<ConversationLabel>().RemoveRange(removed);
        db.Set<ConversationLabel>().AddRange(added.Select(l => new ConversationLabel(actor.OrganizationId, l.Id, conversation.Id)));
        lines.Add(conversation.Append(actor, MessageKind.Activity, Activities.Labelled, null, new JsonObject
        {
            ["added"] = new JsonArray([.. added.Select(l => (JsonNode)l.Name)]),
            ["removed"] = removed.Count,
        }, now));
        return null;
    }
}

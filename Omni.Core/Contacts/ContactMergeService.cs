using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Contacts;

/// <summary>Makes one contact of two, and two of one again. Identities and conversations move; labels and attributes are added where the kept contact has none.</summary>
public sealed class ContactMergeService(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>Conversations that one merge moves at most.</summary>
    public const int MostConversations = 1_000;

    /// <summary>Merges another contact into one.</summary>
    /// <returns>The merge's id, with which it can be undone.</returns>
    public async Task<Result<Guid>> MergeAsync(Actor actor, Guid keptId, Guid otherId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        if (keptId == otherId)
        {
            return new Refusal.Invalid("otherId", "It must be another contact.");
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await LockAsync(db, keptId, otherId, ct) is not ({ ErasedAt: null, MergedIntoId: null } kept, { ErasedAt: null, MergedIntoId: null } other))
        {
            return new Refusal.NotFound("The contact");
        }

        var conversations = await db.Conversations.Where(c => c.ContactId == otherId).Select(c => c.Id).OrderBy(id => id).Take(MostConversations + 1).ToListAsync(ct);
        if (conversations.Count > MostConversations)
        {
            return new Refusal.Conflict($"The other contact has more than {MostConversations} conversations; merge the smaller one into it.");
        }

        if (await BothOpenAsync(db, keptId, conversations, ct) is { } open)
        {
            return new Refusal.Conflict("Both have an open conversation on the same channel. Resolve one of them first.") { Details = new { conversationIds = open } };
        }

        var now = clock.GetUtcNow();
        var identities = await db.ContactIdentities.Where(i => i.ContactId == otherId).OrderBy(i => i.Id).ToListAsync(ct);
        identities.ForEach(i => i.ContactId = keptId);
        await MoveAsync(db, conversations, keptId, now, ct);
        var labels = await AddLabelsAsync(db, keptId, otherId, ct);
        var merge = new ContactMerge(actor.OrganizationId, keptId, otherId, actor.UserId, now)
        {
            Identities = [.. identities.Select(i => i.Id)],
            Conversations = [.. conversations],
            Labels = labels,
            Attributes = AddAttributes(kept, other),
        };
        db.Set<ContactMerge>().Add(merge);
        other.MergedIntoId = keptId;
        kept.LastSeenAt = kept.LastSeenAt is null || other.LastSeenAt > kept.LastSeenAt ? other.LastSeenAt : kept.LastSeenAt;
        Tell(db, kept, other, undone: false, now);
        db.Record(actor, "contact.merged", $"contact:{keptId}", now, new { otherId, mergeId = merge.Id });
        await db.CommitAsync(ct);
        return merge.Id;
    }

    /// <summary>Undoes a merge: what was moved goes back, as far as it is still where the merge put it.</summary>
    public async Task<Result<Done>> UndoAsync(Actor actor, Guid mergeId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.Set<ContactMerge>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == mergeId, ct) is not { } found
            || await LockAsync(db, found.KeptId, found.MergedId, ct) is not ({ } kept, { } other)
            || await db.LockAsync<ContactMerge>(mergeId, ct) is not { } merge)
        {
            return new Refusal.NotFound("The merge");
        }

        if (merge.UndoneAt is not null || other.MergedIntoId != kept.Id || kept.ErasedAt is not null)
        {
            return new Refusal.Conflict("This merge was undone already, or one of the contacts was erased.");
        }

        var now = clock.GetUtcNow();
        var conversations = await db.Conversations.Where(c => merge.Conversations.Contains(c.Id) && c.ContactId == kept.Id).Select(c => c.Id).OrderBy(id => id).ToListAsync(ct);
        var identities = await db.ContactIdentities.Where(i => merge.Identities.Contains(i.Id) && i.ContactId == kept.Id).ToListAsync(ct);
        identities.ForEach(i => i.ContactId = other.Id);
        await MoveAsync(db, conversations, other.Id, now, ct);
        db.Set<ContactLabel>().RemoveRange(await db.Set<ContactLabel>().Where(l => l.ContactId == kept.Id && merge.Labels.Contains(l.LabelId)).ToListAsync(ct));
        var attributes = (JsonObject)JsonNode.Parse(kept.Attributes)!;
        var theirs = (JsonObject)JsonNode.Parse(other.Attributes)!;
        foreach (var name in merge.Attributes.Where(n => JsonNode.DeepEquals(attributes[n], theirs[n])))
        {
            attributes.Remove(name);
        }

        kept.Attributes = attributes.ToJsonString();
        (other.MergedIntoId, merge.UndoneAt) = (null, now);
        Tell(db, kept, other, undone: true, now);
        db.Record(actor, "contact.unmerged", $"contact:{kept.Id}", now, new { otherId = other.Id, mergeId });
        await db.CommitAsync(ct);
        return default(Done);
    }

    // In the order in which everybody locks.
    private static async Task<(Contact? First, Contact? Second)> LockAsync(IOmniDb db, Guid first, Guid second, CancellationToken ct)
    {
        var secondFirst = string.CompareOrdinal(first.ToString("N"), second.ToString("N")) > 0;
        var low = await db.LockAsync<Contact>(secondFirst ? second : first, ct);
        var high = await db.LockAsync<Contact>(secondFirst ? first : second, ct);
        return secondFirst ? (high, low) : (low, high);
    }

    private static async Task MoveAsync(IOmniDb db, List<Guid> ids, Guid contactId, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var id in ids)
        {
            if (await db.LockAsync<Conversation>(id, ct) is { } conversation)
            {
                conversation.ContactId = contactId;
                db.Raise(Activities.Updated(conversation, now, new JsonObject { ["contactId"] = contactId }));
            }
        }
    }

    /// <summary>Open conversations of both on the same channel and thread, of which there may be only one.</summary>
    private static async Task<IReadOnlyList<Guid>?> BothOpenAsync(IOmniDb db, Guid keptId, List<Guid> moved, CancellationToken ct)
    {
        var open = db.Conversations.Where(c => c.Status != ConversationStatus.Resolved && c.Status != ConversationStatus.Spam);
        var pair = await open.Where(c => c.ContactId == keptId)
            .Join(open.Where(c => moved.Contains(c.Id)), a => new { a.ChannelId, a.ThreadKey }, b => new { b.ChannelId, b.ThreadKey }, (a, b) => new { Kept = a.Id, Moved = b.Id })
            .FirstOrDefaultAsync(ct);
        return pair is null ? null : [pair.Kept, pair.Moved];
    }

    private static async Task<Guid[]> AddLabelsAsync(IOmniDb db, Guid keptId, Guid otherId, CancellationToken ct)
    {
        var labels = await db.Set<ContactLabel>().Where(l => l.ContactId == keptId || l.ContactId == otherId).ToListAsync(ct);
        var added = labels.Where(l => l.ContactId == otherId).Select(l => l.LabelId).Except(labels.Where(l => l.ContactId == keptId).Select(l => l.LabelId)).ToArray();
        db.Set<ContactLabel>().AddRange(added.Select(l => new ContactLabel(db.OrganizationId!.Value, l, keptId)));
        return added;
    }

    private static string[] AddAttributes(Contact kept, Contact other)
    {
        var all = (JsonObject)JsonNode.Parse(kept.Attributes)!;
        var added = ((JsonObject)JsonNode.Parse(other.Attributes)!).Where(a => !all.ContainsKey(a.Key)).ToList();
        added.ForEach(a => all[a.Key] = a.Value?.DeepClone());
        kept.Attributes = all.ToJsonString();
        return [.. added.Select(a => a.Key)];
    }

    private static void Tell(IOmniDb db, Contact kept, Contact other, bool undone, DateTimeOffset now)
    {
        db.Raise(new ChangeEvent(
            kept.OrganizationId,
            ChangeEvent.Organization,
            EventNames.ContactMerged,
            new JsonObject { ["contactId"] = kept.Id, ["otherId"] = other.Id, ["undone"] = undone },
            now));
    }
}

using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Core.Widget;

/// <summary>Makes one person of an anonymous visitor and of somebody the site has named: their talk goes on where the named person's is.</summary>
public sealed class WidgetPeople(IOmniDbFactory dbs, ContactMergeService merges, TimeProvider clock)
{
    /// <summary>Joins two ids of one channel. May be called again when it broke off.</summary>
    /// <param name="site">The chat.</param>
    /// <param name="anonymous">The visitor's id so far.</param>
    /// <param name="named">The id of the person the site named.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<Done>> JoinAsync(WidgetSite site, string anonymous, string named, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        var (visitor, person) = await FindAsync(site, anonymous, named, ct);
        if (visitor is null || visitor == person)
        {
            return default(Done); // wrote nothing yet, or was joined before
        }

        if (person is not { } known)
        {
            await NameAsync(site, visitor.Value, named, ct);
            return default(Done);
        }

        await ContinueAsync(site, visitor.Value, known, ct);
        var merged = await merges.MergeAsync(Actor.System(site.OrganizationId), known, visitor.Value, ct);
        return merged.Refusal is null or Refusal.NotFound ? default(Done) : merged.Refusal; // not found: one of them was erased or merged meanwhile
    }

    private async Task<(Guid? Visitor, Guid? Person)> FindAsync(WidgetSite site, string anonymous, string named, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(site.OrganizationId, ct);
        var found = await db.ContactIdentities.Where(i => i.ChannelId == site.ChannelId && (i.ExternalId == anonymous || i.ExternalId == named))
            .Select(i => new { i.ExternalId, i.ContactId }).ToListAsync(ct);
        return (found.Find(i => i.ExternalId == anonymous)?.ContactId, found.Find(i => i.ExternalId == named)?.ContactId);
    }

    /// <summary>The person becomes known under the site's name too.</summary>
    private async Task NameAsync(WidgetSite site, Guid contactId, string named, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(site.OrganizationId, ct);
        if (await db.LockAsync<Contact>(contactId, ct) is null)
        {
            return;
        }

        await db.ContactIdentities.Where(i => i.ContactId == contactId && i.ChannelId == site.ChannelId).ExecuteUpdateAsync(i => i.SetProperty(x => x.Primary, false), ct);
        db.ContactIdentities.Add(new ContactIdentity(site.OrganizationId, contactId, site.ChannelId, named) { Primary = true });
        try
        {
            await db.CommitAsync(ct);
        }
        catch (DbUpdateException taken) when (taken.IsDuplicate())
        {
            return; // another browser of the person was quicker; the next call joins them
        }
    }

    /// <summary>Moves the messages of the visitor's open conversation to the end of the named person's; without one there, nothing needs to be done.</summary>
    private async Task ContinueAsync(WidgetSite site, Guid visitor, Guid person, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(site.OrganizationId, ct);
        var open = await db.Conversations.AsNoTracking()
            .Where(c => c.ChannelId == site.ChannelId && (c.ContactId == visitor || c.ContactId == person) && c.Status != ConversationStatus.Resolved && c.Status != ConversationStatus.Spam)
            .OrderBy(c => c.Id).Select(c => new { c.Id, c.ContactId }).ToListAsync(ct);
        if (open.Count < 2)
        {
            return;
        }

        foreach (var each in open)
        {
            await db.LockAsync<Conversation>(each.Id, ct);
        }

        var from = db.Conversations.Local.Single(c => c.ContactId == visitor);
        var to = db.Conversations.Local.Single(c => c.ContactId == person);
        var now = clock.GetUtcNow();
        await MoveAsync(db, from, to, ct);
        Close(db, from, to, now);
        db.Raise(Activities.Updated(to, now));
        db.Raise(Activities.Updated(from, now));
        await db.CommitAsync(ct);
    }

    private static async Task MoveAsync(IOmniDb db, Conversation from, Conversation to, CancellationToken ct)
    {
        var offset = to.LastSeq;
        var busy = await db.Set<OutboxEntry>().AnyAsync(o => o.ConversationId == to.Id, ct);
        await db.Messages.Where(m => m.ConversationId == from.Id)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.ConversationId, to.Id).SetProperty(x => x.Seq, x => x.Seq + offset), ct);
        await db.Set<OutboxEntry>().Where(o => o.ConversationId == from.Id).ExecuteUpdateAsync(
            o => o.SetProperty(x => x.ConversationId, to.Id).SetProperty(x => x.Seq, x => x.Seq + offset).SetProperty(x => x.IsHead, x => x.IsHead && !busy), ct);

        to.LastUnreadSeq = from.LastUnreadSeq > 0 ? from.LastUnreadSeq + offset : to.LastUnreadSeq;
        to.LastSeq += from.LastSeq;
        to.LastPosition = Math.Max(to.LastPosition, from.LastPosition);
        to.LastOutPosition = Math.Max(to.LastOutPosition, from.LastOutPosition);
        to.LastInPosition = Math.Max(to.LastInPosition, from.LastInPosition);
        to.LastInboundAt = from.LastInboundAt > to.LastInboundAt || to.LastInboundAt is null ? from.LastInboundAt : to.LastInboundAt;
        to.WaitingSince = to.WaitingSince is null || from.WaitingSince < to.WaitingSince ? from.WaitingSince ?? to.WaitingSince : to.WaitingSince;
        if (from.LastActivityAt >= to.LastActivityAt && from.LastMessageId is not null)
        {
            (to.LastActivityAt, to.LastMessageId, to.LastMessageDirection) = (from.LastActivityAt, from.LastMessageId, from.LastMessageDirection);
            (to.LastMessagePreview, to.LastMessageStatus) = (from.LastMessagePreview, from.LastMessageStatus);
        }

        to.AssigneeId ??= from.AssigneeId;
        to.Status = ConversationStatus.Open;
        to.SnoozedUntil = null;
        await db.Set<ReadPointer>().Where(p => p.ConversationId == from.Id).ExecuteDeleteAsync(ct);
    }

    private static void Close(IOmniDb db, Conversation from, Conversation to, DateTimeOffset now)
    {
        (from.LastSeq, from.LastUnreadSeq, from.LastOutPosition, from.LastInPosition, from.LastMessageId) = (0, 0, 0, 0, null);
        (from.LastMessageDirection, from.LastMessageStatus, from.WaitingSince, from.SnoozedUntil) = (null, null, null, null);
        (from.LastMessagePreview, from.Status, from.ResolvedAt) = ("Continued in the person's other conversation", ConversationStatus.Resolved, now);
        var line = from.Append(Actor.System(from.OrganizationId), MessageKind.Activity, Activities.Joined, null, new JsonObject { ["conversationId"] = to.Id }, now);
        db.Messages.Add(line);
        db.Raise(Activities.Created(line, now));
    }
}

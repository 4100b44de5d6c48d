using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Contacts;

/// <summary>
/// Erases a person: name, attributes, ids on channels, every word, file, draft and reaction of their conversations, and what deliveries
/// and queues still hold. What stays, without anything personal: the empty contact, conversations with times, states and who worked on
/// them, the audit entry. Works in small transactions; an erasure that was cut off is finished by calling it again.
/// </summary>
public sealed class ContactErasure(IOmniDbFactory dbs, IBlobStore blobs, IErasedTraces traces, TimeProvider clock)
{
    /// <summary>What an erased contact is called.</summary>
    public const string ErasedName = "Erased contact";

    private const int ChunkSize = 500;

    /// <summary>Erases a contact and those that were merged into it.</summary>
    public async Task<Result<Done>> EraseAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (await BeginAsync(actor, id, ct) is not { } ids)
        {
            return new Refusal.NotFound("The contact");
        }

        foreach (var conversation in await ConversationsAsync(actor, ids, ct))
        {
            while (await EraseMessagesAsync(actor, conversation, ct))
            {
                ct.ThrowIfCancellationRequested();
            }

            await CloseAsync(actor, conversation, ids, ct);
        }

        await FinishAsync(actor, ids, ct);
        return default(Done);
    }

    /// <summary>Takes name and identities away at once, so that nobody finds or writes to the contact any more. The platform's ids wait in the attributes until their traces are gone.</summary>
    private async Task<List<Guid>?> BeginAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var ids = await db.Contacts.Where(c => c.Id == id || c.MergedIntoId == id).Select(c => c.Id).OrderBy(c => c).ToListAsync(ct);
        if (!ids.Contains(id))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        foreach (var each in ids)
        {
            if (await db.LockAsync<Contact>(each, ct) is not { ErasedAt: null } contact)
            {
                continue;
            }

            var identities = await db.ContactIdentities.Where(i => i.ContactId == each).ToListAsync(ct);
            contact.Attributes = JsonSerializer.Serialize(new Remains([.. identities.Select(i => i.ExternalId)]));
            (contact.Name, contact.NameIsOurs, contact.AvatarUrl, contact.LastSeenAt, contact.ErasedAt) = (ErasedName, true, null, null, now);
            db.ContactIdentities.RemoveRange(identities);
            db.Set<ContactLabel>().RemoveRange(await db.Set<ContactLabel>().Where(l => l.ContactId == each).ToListAsync(ct));
            db.Raise(ContactService.Event(contact, EventNames.ContactUpdated, now));
        }

        await db.CommitAsync(ct);
        return ids;
    }

    private async Task<List<Guid>> ConversationsAsync(Actor actor, List<Guid> contacts, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await db.Conversations.Where(c => contacts.Contains(c.ContactId)).Select(c => c.Id).OrderBy(c => c).ToListAsync(ct);
    }

    /// <summary>Empties some messages; false when none was left.</summary>
    private async Task<bool> EraseMessagesAsync(Actor actor, Guid conversation, CancellationToken ct)
    {
        var keys = new List<string>();
        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            await db.LockAsync<Conversation>(conversation, ct);
            var messages = await db.Messages
                .Where(m => m.ConversationId == conversation && m.Kind != MessageKind.Activity
                    && (m.Text != null || m.Payload != null || m.ExternalId != null || m.ReplyToExternalId != null || m.DeletedAt == null))
                .OrderBy(m => m.Seq).Take(ChunkSize).Select(m => new { m.Id, m.ExternalId }).ToListAsync(ct);
            if (messages.Count == 0)
            {
                return false;
            }

            var ids = messages.ConvertAll(m => m.Id);
            var externalIds = messages.Where(m => m.ExternalId is not null).Select(m => m.ExternalId!).ToList();
            var files = await db.Attachments.Where(a => a.MessageId != null && ids.Contains(a.MessageId.Value)).ToListAsync(ct);
            keys.AddRange(files.SelectMany(f => new[] { f.BlobKey, f.ThumbnailKey }).OfType<string>());
            db.Attachments.RemoveRange(files);
            await db.SaveChangesAsync(ct);
            await db.Set<OutboxEntry>().Where(o => ids.Contains(o.MessageId)).ExecuteDeleteAsync(ct);
            await db.Set<Reaction>().Where(r => ids.Contains(r.MessageId)).ExecuteDeleteAsync(ct);
            await db.Set<PendingUpdate>().Where(u => externalIds.Contains(u.ExternalId)).ExecuteDeleteAsync(ct);
            await db.Set<MessageAttempt>().Where(a => ids.Contains(a.MessageId)).ExecuteUpdateAsync(a => a.SetProperty(x => x.Detail, (string?)null), ct);
            var now = clock.GetUtcNow();
            await db.Messages.Where(m => ids.Contains(m.Id)).ExecuteUpdateAsync(
                m => m.SetProperty(x => x.Text, (string?)null).SetProperty(x => x.Payload, (string?)null).SetProperty(x => x.ExternalId, (string?)null)
                    .SetProperty(x => x.ReplyToExternalId, (string?)null).SetProperty(x => x.ErrorMessage, (string?)null)
                    .SetProperty(x => x.DeletedAt, x => x.DeletedAt ?? now),
                ct);
            await db.CommitAsync(ct);
        }

        // After the rows: a file that no row names is removed by retention, a row without its file would be an error on screen.
        foreach (var key in keys)
        {
            await blobs.DeleteAsync(key, ct);
        }

        return true;
    }

    private async Task CloseAsync(Actor actor, Guid id, List<Guid> contacts, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.LockAsync<Conversation>(id, ct) is not { } conversation || !contacts.Contains(conversation.ContactId))
        {
            return;
        }

        var now = clock.GetUtcNow();
        await db.Set<Draft>().Where(d => d.ConversationId == id).ExecuteDeleteAsync(ct);
        (conversation.LastMessagePreview, conversation.Subject, conversation.WaitingSince, conversation.SnoozedUntil) = ("", null, null, null);
        if (conversation.Status is not (ConversationStatus.Resolved or ConversationStatus.Spam))
        {
            (conversation.Status, conversation.ResolvedAt) = (ConversationStatus.Resolved, now);
        }

        db.Raise(Activities.Updated(conversation, now));
        await db.CommitAsync(ct);
    }

    private async Task FinishAsync(Actor actor, List<Guid> ids, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var contacts = await db.Contacts.Where(c => ids.Contains(c.Id) && c.Attributes != "{}").ToListAsync(ct);
        if (contacts.Count == 0)
        {
            return;
        }

        var externalIds = contacts.SelectMany(c => JsonSerializer.Deserialize<Remains>(c.Attributes)?.ExternalIds ?? []).Distinct().ToList();
        await traces.RemoveAsync(actor.OrganizationId, externalIds, ct);
        contacts.ForEach(c => c.Attributes = "{}");
        db.Record(actor, "contact.erased", $"contact:{ids[0]}", clock.GetUtcNow(), new { contacts = ids.Count });
        await db.CommitAsync(ct);
    }

    /// <summary>What an erasure still has to find in deliveries.</summary>
    private sealed record Remains(string[] ExternalIds);
}

using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Contacts;

/// <summary>Changes to a contact; what is null stays as it is.</summary>
/// <param name="Name">New name.</param>
/// <param name="Attributes">Fields to set; a null value removes one, others stay.</param>
/// <param name="Labels">All labels it shall have.</param>
public sealed record ContactPatch(string? Name = null, JsonObject? Attributes = null, IReadOnlyList<Guid>? Labels = null);

/// <summary>Makes and changes contacts.</summary>
public sealed class ContactService(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 300;

    /// <summary>Largest set of attributes, in characters of its JSON.</summary>
    public const int MaxAttributesLength = 20_000;

    /// <summary>Makes a contact.</summary>
    /// <returns>Its id.</returns>
    public async Task<Result<Guid>> CreateAsync(Actor actor, ContactPatch wanted, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(wanted);
        if (Refuse(actor, wanted.Name ?? "", wanted.Attributes) is { } refusal)
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var contact = new Contact(actor.OrganizationId, wanted.Name!.Trim(), now) { NameIsOurs = true, Attributes = Merge("{}", wanted.Attributes) };
        db.Contacts.Add(contact);
        await db.SaveChangesAsync(ct);
        if (await RelabelAsync(db, actor, contact.Id, wanted.Labels, ct) is { } wrong)
        {
            return wrong;
        }

        db.Raise(Event(contact, EventNames.ContactCreated, now));
        await db.CommitAsync(ct);
        return contact.Id;
    }

    /// <summary>Changes name, attributes or labels.</summary>
    public Task<Result<Done>> PatchAsync(Actor actor, Guid id, ContactPatch patch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(patch);
        return ChangeAsync(actor, id, async (db, contact) =>
        {
            var attributes = Merge(contact.Attributes, patch.Attributes);
            if (Refuse(actor, patch.Name ?? contact.Name, patch.Attributes) is { } refusal)
            {
                return refusal;
            }

            if (attributes.Length > MaxAttributesLength)
            {
                return TooManyAttributes();
            }

            (contact.Name, contact.NameIsOurs) = (patch.Name?.Trim() ?? contact.Name, contact.NameIsOurs || patch.Name is not null);
            contact.Attributes = attributes;
            return await RelabelAsync(db, actor, contact.Id, patch.Labels, ct);
        }, ct);
    }

    /// <summary>Blocks a contact or takes the block away. What a blocked contact writes is kept but makes nothing unread.</summary>
    public Task<Result<Done>> BlockAsync(Actor actor, Guid id, bool blocked, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return ChangeAsync(actor, id, (db, contact) =>
        {
            if (contact.Blocked != blocked)
            {
                contact.Blocked = blocked;
                db.Record(actor, blocked ? "contact.blocked" : "contact.unblocked", $"contact:{id}", clock.GetUtcNow());
            }

            return Task.FromResult<Refusal?>(null);
        }, ct);
    }

    /// <summary>The event that a contact is new or changed. Without its name: events are kept for days, and erasing must not have to look for it there.</summary>
    internal static ChangeEvent Event(Contact contact, string name, DateTimeOffset now) => new(
        contact.OrganizationId,
        ChangeEvent.Organization,
        name,
        new JsonObject { ["contactId"] = contact.Id, ["blocked"] = contact.Blocked, ["erased"] = contact.ErasedAt is not null },
        now);

    private async Task<Result<Done>> ChangeAsync(Actor actor, Guid id, Func<IOmniDb, Contact, Task<Refusal?>> change, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.LockAsync<Contact>(id, ct) is not { ErasedAt: null, MergedIntoId: null } contact)
        {
            return new Refusal.NotFound("The contact");
        }

        if (await change(db, contact) is { } refusal)
        {
            return refusal;
        }

        db.Raise(Event(contact, EventNames.ContactUpdated, clock.GetUtcNow()));
        await db.CommitAsync(ct);
        return default(Done);
    }

    private static Refusal? Refuse(Actor actor, string name, JsonObject? attributes)
    {
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        if (name.Trim().Length is 0 or > MaxNameLength)
        {
            return new Refusal.Invalid("name", $"A name has 1 to {MaxNameLength} characters.");
        }

        if (attributes is null)
        {
            return null;
        }

        var text = attributes.ToJsonString();
        return text.Contains("\\u0000", StringComparison.Ordinal) ? new Refusal.Invalid("attributes", "The text contains a NUL character.")
            : text.Length > MaxAttributesLength ? TooManyAttributes() : null;
    }

    private static Refusal.Invalid TooManyAttributes() => new("attributes", $"All attributes together have at most {MaxAttributesLength} characters.");

    private static string Merge(string present, JsonObject? changes)
    {
        if (changes is null)
        {
            return present;
        }

        var all = (JsonObject)JsonNode.Parse(present)!;
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                all.Remove(name);
            }
            else
            {
                all[name] = value.DeepClone();
            }
        }

        return all.ToJsonString();
    }

    private static async Task<Refusal?> RelabelAsync(IOmniDb db, Actor actor, Guid contactId, IReadOnlyList<Guid>? labels, CancellationToken ct)
    {
        if (labels is null)
        {
            return null;
        }

        var wanted = labels.Distinct().ToList();
        if (await db.Set<Label>().CountAsync(l => wanted.Contains(l.Id), ct) != wanted.Count)
        {
            return new Refusal.Invalid("labels", "Each must be the id of a label of the organization.");
        }

        var present = await db.Set<ContactLabel>().Where(l => l.ContactId == contactId).ToListAsync(ct);
        db.Set<ContactLabel>().RemoveRange(present.Where(p => !wanted.Contains(p.LabelId)));
        db.Set<ContactLabel>().AddRange(wanted.Where(w => present.All(p => p.LabelId != w)).Select(w => new ContactLabel(actor.OrganizationId, w, contactId)));
        return null;
    }
}

using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Media;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <inheritdoc cref="IInboxDirectory"/>
public sealed class InboxDirectory(IOmniDbFactory dbs) : IInboxDirectory
{
    private const int MaxFiles = 50;

    /// <inheritdoc/>
    public async Task<InboxDirectoryView> ReadAsync(Actor actor, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var organization = await db.Organizations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == actor.OrganizationId, ct);
        var settings = await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Settings).SingleOrDefaultAsync(ct);
        var members = await db.Memberships.Where(m => m.OrganizationId == actor.OrganizationId)
            .Join(db.Users, m => m.UserId, u => u.Id, (m, u) => new { m.UserId, u.DisplayName, m.Role, m.Availability })
            .OrderBy(m => m.DisplayName).ToListAsync(ct);
        var channels = await db.Channels.Where(c => c.DeletedAt == null).OrderBy(c => c.Name)
            .Select(c => new ChannelView(c.Id, c.Kind, c.Name, c.DisplayName, c.Status, c.Reason)).ToListAsync(ct);
        var labels = await db.Set<Label>().OrderBy(l => l.Name).Select(l => new LabelView(l.Id, l.Name, l.Hue)).ToListAsync(ct);
        return new InboxDirectoryView(
            organization?.Name ?? "", [.. members.Select(m => new MemberView(m.UserId, m.DisplayName, m.Role, m.Availability))], channels, labels)
        {
            Look = organization is null ? OrganizationLook.Omni : OrganizationLook.Of(organization),
            Mine = Preferences.Read(settings),
        };
    }

    /// <inheritdoc/>
    public async Task<ContactCard?> ContactAsync(Actor actor, Guid contactId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.Id == contactId, ct) is not { } contact)
        {
            return null;
        }

        var identities = await db.ContactIdentities.Where(i => i.ContactId == contactId).OrderByDescending(i => i.Primary).ThenBy(i => i.Id)
            .Join(db.Channels, i => i.ChannelId, c => c.Id, (i, c) => new IdentityView(i.ChannelId, c.Kind, i.ExternalId, i.Username))
            .ToListAsync(ct);
        return new ContactCard(
            contact.Id, contact.Name, contact.AvatarUrl, Fields(contact.Attributes), identities, contact.Blocked, contact.LastSeenAt, contact.CreatedAt);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FileView>> FilesAsync(Actor actor, Guid conversationId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await db.Messages.Where(m => m.ConversationId == conversationId && m.DeletedAt == null)
            .Join(db.Attachments, m => m.Id, a => a.MessageId, (m, a) => new { m.Position, a })
            .Where(f => f.a.State == AttachmentState.Stored)
            .OrderByDescending(f => f.Position).Take(MaxFiles)
            .Select(f => new FileView(f.a.Id, f.a.Type, f.a.Name, f.a.Size, f.a.State, f.a.CreatedAt)).ToListAsync(ct);
    }

    /// <inheritdoc/>
    public async Task SetAvailabilityAsync(Actor actor, Availability availability, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.Memberships.SingleOrDefaultAsync(m => m.OrganizationId == actor.OrganizationId && m.UserId == actor.UserId, ct) is { } membership)
        {
            membership.Availability = availability;
            await db.CommitAsync(ct);
        }
    }

    private static List<ContactField> Fields(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind != JsonValueKind.Object
            ? []
            : [.. document.RootElement.EnumerateObject().Select(p => new ContactField(p.Name, p.Value.ToString())).OrderBy(f => f.Name, StringComparer.Ordinal)];
    }
}

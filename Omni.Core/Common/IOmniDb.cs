using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Contacts;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Common;

/// <summary>One unit of work on the database: a short transaction that sees one organization only. Nothing lasts until <see cref="CommitAsync"/>; disposing without it undoes everything.</summary>
public interface IOmniDb : IAsyncDisposable
{
    /// <summary>The organization this unit of work is limited to; null when opened for global tables.</summary>
    Guid? OrganizationId { get; }

    /// <summary>Organizations (global table).</summary>
    DbSet<Organization> Organizations { get; }

    /// <summary>Accounts of people (global table).</summary>
    DbSet<User> Users { get; }

    /// <summary>Who belongs where (global table).</summary>
    DbSet<Membership> Memberships { get; }

    /// <summary>Connected accounts.</summary>
    DbSet<Channel> Channels { get; }

    /// <summary>Customers.</summary>
    DbSet<Contact> Contacts { get; }

    /// <summary>A customer's ids on channels.</summary>
    DbSet<ContactIdentity> ContactIdentities { get; }

    /// <summary>Conversations.</summary>
    DbSet<Conversation> Conversations { get; }

    /// <summary>Messages, notes and activities.</summary>
    DbSet<Message> Messages { get; }

    /// <summary>Files of messages.</summary>
    DbSet<Attachment> Attachments { get; }

    /// <summary>Append-only record of who did what.</summary>
    DbSet<AuditEntry> AuditLog { get; }

    /// <summary>Any other mapped entity.</summary>
    DbSet<T> Set<T>() where T : class;

    /// <summary>Reads a tenant-owned row by id and locks it until the end of this unit of work; null when it does not exist. Rows are locked in the order (organization, id) by everybody.</summary>
    Task<T?> LockAsync<T>(Guid id, CancellationToken ct) where T : class, ITenantOwned;

    /// <summary>Adds a change event to this unit of work: stored with it, announced after the commit.</summary>
    void Raise(ChangeEvent change);

    /// <summary>Writes pending changes without ending the unit of work.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody changed the same row meanwhile.</exception>
    Task<int> SaveChangesAsync(CancellationToken ct = default);

    /// <summary>Writes pending changes, commits, then announces the raised events. Ends the unit of work.</summary>
    Task CommitAsync(CancellationToken ct);
}

/// <summary>Opens units of work.</summary>
public interface IOmniDbFactory
{
    /// <summary>Opens a unit of work limited to one organization, by query filter and row-level policy.</summary>
    Task<IOmniDb> OpenAsync(Guid organizationId, CancellationToken ct);

    /// <summary>Opens a unit of work on the global tables (identity, organizations, sessions). Tenant-owned tables show nothing in it.</summary>
    Task<IOmniDb> OpenGlobalAsync(CancellationToken ct);
}

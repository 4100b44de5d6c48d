using System.Linq.Expressions;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Events;

namespace Omni.Infrastructure.Data;

/// <summary>The model, and one unit of work on it. Handed out only by <see cref="OmniDbFactory"/>, which opens the transaction and sets the organization: a pooled context would otherwise keep the last one.</summary>
internal sealed class OmniDbContext(DbContextOptions<OmniDbContext> options) : IdentityUserContext<User, Guid>(options), IOmniDb
{
    /// <summary>Name of the query filter that limits tenant-owned rows to one organization.</summary>
    internal const string TenantFilter = "tenant";

    private readonly List<ChangeEvent> _raised = [];
    private IDbContextTransaction? _transaction;
    private IEventBus? _bus;

    public Guid? OrganizationId { get; private set; }

    public DbSet<Organization> Organizations => Set<Organization>();

    public DbSet<Membership> Memberships => Set<Membership>();

    public DbSet<Channel> Channels => Set<Channel>();

    public DbSet<Contact> Contacts => Set<Contact>();

    public DbSet<ContactIdentity> ContactIdentities => Set<ContactIdentity>();

    public DbSet<Conversation> Conversations => Set<Conversation>();

    public DbSet<Message> Messages => Set<Message>();

    public DbSet<Attachment> Attachments => Set<Attachment>();

    public DbSet<AuditEntry> AuditLog => Set<AuditEntry>();

    // What the query filter compares; an organization that does not exist when the unit of work is a global one.
    private Guid TenantId => OrganizationId ?? Guid.Empty;

    public void Raise(ChangeEvent change)
    {
        _raised.Add(change);
        Add(ChangeEventRow.From(change));
    }

    public Task<T?> LockAsync<T>(Guid id, CancellationToken ct) where T : class, ITenantOwned
    {
        var table = Model.FindEntityType(typeof(T))!.GetTableName();
        var sql = $"select * from {table} where organization_id = {{0}} and id = {{1}} for update";
        return Set<T>().FromSqlRaw(sql, TenantId, id).SingleOrDefaultAsync(ct);
    }

    public async Task CommitAsync(CancellationToken ct)
    {
        await SaveChangesAsync(ct);
        if (_transaction is not null)
        {
            await _transaction.CommitAsync(ct);
            await _transaction.DisposeAsync();
            _transaction = null;
        }

        if (_raised.Count > 0)
        {
            _bus?.Publish([.. _raised]);
            _raised.Clear();
        }
    }

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        foreach (var entry in ChangeTracker.Entries())
        {
            if (entry.State == EntityState.Modified && entry.Metadata.FindProperty("Version") is { IsConcurrencyToken: true })
            {
                var version = entry.Property("Version");
                version.CurrentValue = (long)version.OriginalValue! + 1;
            }
        }

        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <summary>Begins the transaction of this unit of work under the walled role. Called by the factory only.</summary>
    internal async Task BeginAsync(Guid? organizationId, IEventBus bus, CancellationToken ct)
    {
        OrganizationId = organizationId;
        _bus = bus;
        _raised.Clear();
        _transaction = await Database.BeginTransactionAsync(ct);
        var id = TenantId.ToString();
        await Database.ExecuteSqlAsync(
            $"select set_config('role', {Walls.AppRole}, true), set_config('omni.organization', {id}, true), set_config('idle_in_transaction_session_timeout', {"15s"}, true)", ct);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(OmniDbContext).Assembly);

        foreach (var entity in builder.Model.GetEntityTypes())
        {
            if (typeof(ITenantOwned).IsAssignableFrom(entity.ClrType))
            {
                Own(builder, entity.ClrType);
            }

            UseNames(entity);
        }
    }

    /// <summary>Key, filter and concurrency of a tenant-owned type, set here once for all of them.</summary>
    private void Own(ModelBuilder builder, Type type)
    {
        var entity = builder.Entity(type);
        if (type.GetProperty("Id") is not null)
        {
            entity.HasKey("OrganizationId", "Id");
            entity.Property("Id").ValueGeneratedNever();
        }

        // A row that must belong to another owned one has its organization from there: checking it twice costs every insert a lock on it.
        if (!entity.Metadata.GetForeignKeys().Any(key => key.IsRequired && typeof(ITenantOwned).IsAssignableFrom(key.PrincipalEntityType.ClrType)
            && key.Properties.Any(p => p.Name == nameof(ITenantOwned.OrganizationId)) && key.Properties.All(p => !p.IsNullable)))
        {
            entity.HasOne(typeof(Organization)).WithMany().HasForeignKey("OrganizationId").OnDelete(DeleteBehavior.Restrict);
        }

        var row = Expression.Parameter(type);
        Expression<Func<Guid>> tenant = () => TenantId;
        entity.HasQueryFilter(TenantFilter, Expression.Lambda(
            Expression.Equal(Expression.Property(row, nameof(ITenantOwned.OrganizationId)), tenant.Body), row));
    }

    /// <summary>snake_case names, enumerations as text, versions as concurrency tokens.</summary>
    private static void UseNames(IMutableEntityType entity)
    {
        entity.SetTableName(Snake(entity.GetTableName()!));
        foreach (var property in entity.GetProperties())
        {
            property.SetColumnName(Snake(property.GetColumnName()));
            var clr = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            if (clr.IsEnum)
            {
                property.SetValueConverter((ValueConverter)Activator.CreateInstance(typeof(NameConverter<>).MakeGenericType(clr))!);
                property.SetColumnType("text");
            }

            if (property is { Name: "Version", ClrType: { } version } && version == typeof(long))
            {
                property.IsConcurrencyToken = true;
            }
        }

        foreach (var key in entity.GetKeys())
        {
            key.SetName(Snake(key.GetName()!));
        }

        foreach (var key in entity.GetForeignKeys())
        {
            key.SetConstraintName(Snake(key.GetConstraintName()!));
        }

        foreach (var index in entity.GetIndexes())
        {
            index.SetDatabaseName(Snake(index.GetDatabaseName()!));
        }
    }

    private static string Snake(string name)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1]))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.Replace("asp_net_", "").ToString();
    }
}

/// <summary>Writes an enumeration by the product's names.</summary>
internal sealed class NameConverter<T>() : ValueConverter<T, string>(v => Names.Of(v), v => Names.Parse<T>(v))
    where T : struct, Enum;

namespace Omni.Core.Tenancy;

/// <summary>A row that belongs to one organization. Its key begins with the organization, a query filter and a row-level policy wall it off.</summary>
public interface ITenantOwned
{
    /// <summary>The organization the row belongs to.</summary>
    Guid OrganizationId { get; }
}

using Npgsql;

namespace Omni.Infrastructure.Data;

/// <summary>The walls between organizations in the database: two roles and their policies (docs/decisions/0003-tenant-walls.md).</summary>
internal static class Walls
{
    /// <summary>Sees the rows of the organization in the setting <c>omni.organization</c> only.</summary>
    internal const string AppRole = "omni_app";

    /// <summary>Sees the rows of all organizations: claims work, prunes, feeds events. Applies nothing.</summary>
    internal const string WorkerRole = "omni_worker";

    /// <summary>First command of a batch that works for one organization; holds until the end of the transaction, which for a batch without one is its end.</summary>
    internal static NpgsqlBatchCommand As(Guid organizationId) => new($"select set_config('role', '{AppRole}', true), set_config('omni.organization', $1, true)")
    {
        Parameters = { new() { Value = organizationId.ToString() } },
    };

    /// <summary>First command of a batch that works over all organizations.</summary>
    internal static NpgsqlBatchCommand AsWorker() => new($"select set_config('role', '{WorkerRole}', true)");
}

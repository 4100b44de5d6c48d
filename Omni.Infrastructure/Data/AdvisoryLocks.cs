using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;

namespace Omni.Infrastructure.Data;

/// <summary>PostgreSQL's advisory locks of a transaction.</summary>
internal sealed class AdvisoryLocks : IAdvisoryLocks
{
    public Task HoldAsync(IOmniDb db, string name, CancellationToken ct) =>
        ((OmniDbContext)db).Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"omni " + name}, 0))", ct);
}

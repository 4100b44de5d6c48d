using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;

namespace Omni.Infrastructure.Data;

/// <summary>Opens units of work from a pool of contexts.</summary>
internal sealed class OmniDbFactory(IDbContextFactory<OmniDbContext> contexts, IEventBus bus) : IOmniDbFactory
{
    public Task<IOmniDb> OpenAsync(Guid organizationId, CancellationToken ct) => BeginAsync(organizationId, ct);

    public Task<IOmniDb> OpenGlobalAsync(CancellationToken ct) => BeginAsync(null, ct);

    private async Task<IOmniDb> BeginAsync(Guid? organizationId, CancellationToken ct)
    {
        var db = await contexts.CreateDbContextAsync(ct);
        try
        {
            await db.BeginAsync(organizationId, bus, ct);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}

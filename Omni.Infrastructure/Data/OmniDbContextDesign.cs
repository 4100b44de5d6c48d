using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace Omni.Infrastructure.Data;

/// <summary>Makes the context for <c>dotnet ef</c>, which needs the model but no server.</summary>
internal sealed class OmniDbContextDesign : IDesignTimeDbContextFactory<OmniDbContext>
{
    public OmniDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<OmniDbContext>();
        DataModule.Configure(options, NpgsqlDataSource.Create("Host=127.0.0.1;Database=design;Username=design"));
        return new OmniDbContext(options.Options);
    }
}

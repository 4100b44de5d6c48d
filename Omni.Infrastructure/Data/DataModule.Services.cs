using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Omni.Core.Common;

namespace Omni.Infrastructure.Data;

/// <summary>The database: preparing it before the host starts, and the services that use it.</summary>
public static partial class DataModule
{
    /// <summary>Registers the data source, the units of work and the migrations.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">How to reach PostgreSQL as the role that owns the schema.</param>
    public static IServiceCollection AddData(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
        services.AddPooledDbContextFactory<OmniDbContext>((provider, options) => Configure(options, provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IOmniDbFactory, OmniDbFactory>();
        services.AddSingleton<IAdvisoryLocks, AdvisoryLocks>();
        services.AddHostedService<GrowthStatistics>();
        return services;
    }

    /// <summary>Brings the schema up to date. Several nodes may call it at once: they wait for each other.</summary>
    /// <param name="connectionString">How to reach PostgreSQL as the role that owns the schema; never a superuser.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">The role is a superuser, for whom no wall between organizations holds.</exception>
    public static async Task MigrateAsync(string connectionString, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await RefuseSuperuserAsync(source, ct);
        var options = new DbContextOptionsBuilder<OmniDbContext>();
        Configure(options, source);
        await using var db = new OmniDbContext(options.Options);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        if (!await IsCurrentAsync(source, ct))
        {
            await db.Database.MigrateAsync(ct);
        }

        await db.Database.ExecuteSqlRawAsync(Walls.BuildSql, ct);
    }

    /// <summary>Whether every migration of this program was applied. Asked by hand, because most starts have nothing to change and need not wait for EF Core's model.</summary>
    private static async Task<bool> IsCurrentAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        var known = typeof(DataModule).Assembly.GetTypes().Select(t => t.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>().ToArray();
        await using var exists = source.CreateCommand("select to_regclass('schema_migrations') is not null");
        if (await exists.ExecuteScalarAsync(ct) is not true)
        {
            return false;
        }

        await using var missing = source.CreateCommand(@"select exists (select from unnest($1) known where not exists (select from schema_migrations m where m.""MigrationId"" = known))");
        missing.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = known });
        return await missing.ExecuteScalarAsync(ct) is false;
    }

    internal static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource source) =>
        options.UseNpgsql(source, npgsql => npgsql.MigrationsHistoryTable("schema_migrations"));

    private static async Task RefuseSuperuserAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select rolsuper or rolbypassrls from pg_roles where rolname = current_user");
        if (await command.ExecuteScalarAsync(ct) is true)
        {
            throw new InvalidOperationException(
                "ConnectionStrings:Postgres signs in as a superuser or a role that bypasses row-level security. Use an ordinary role that owns the database (docs/deployment.md).");
        }
    }
}

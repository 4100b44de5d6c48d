using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Operations.Jobs;

namespace Omni.Infrastructure.Operations;

/// <summary>Asks the database at most once a second, however many ask, and waits for it at most 0.8 s.</summary>
internal sealed partial class SystemHealth(
    NpgsqlDataSource source, IDbContextFactory<OmniDbContext> contexts, JobsService jobs, IHostApplicationLifetime lifetime,
    TimeProvider clock, ILogger<SystemHealth> logger, RedisConnection? redis = null) : ISystemHealth
{
    private const string Sql = """
        select exists (select 1 from schema_migrations where "MigrationId" = $1),
          (select coalesce(jsonb_object_agg(kind, working), '{}') from
            (select kind, bool_or(status in ('connected', 'degraded')) as working from channels where deleted_at is null and status <> 'disabled' group by kind) k)
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly long _started = clock.GetTimestamp();
    private readonly string _version = typeof(SystemHealth).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
    private Task<Answer?>? _asking;
    private long _askedAt;
    private string? _newestMigration;

    public async Task<SystemHealthReport> CheckAsync(CancellationToken ct)
    {
        Answer? answer;
        try
        {
            answer = await Ask().WaitAsync(Patience, clock, ct);
        }
        catch (TimeoutException)
        {
            answer = null;
        }

        var redisState = redis is null ? "notConfigured" : redis.IsConnected ? "connected" : "disconnected";
        var platforms = answer?.Platforms ?? new Dictionary<string, string>();
        var isWhole = redisState != "disconnected" && platforms.Values.All(p => p == "connected");
        return new SystemHealthReport(
            answer is null ? "unhealthy" : isWhole ? "healthy" : "degraded",
            answer is null ? "disconnected" : "connected",
            redisState,
            platforms,
            clock.GetElapsedTime(_started),
            _version,
            answer is { Migrated: true } && lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested && jobs.IsReady);
    }

    /// <summary>The question that is under way, or a new one when the last answer is too old. A hanging database is asked by one connection, not by one per caller.</summary>
    private Task<Answer?> Ask()
    {
        lock (_gate)
        {
            if (_asking is null || (_asking.IsCompleted && clock.GetElapsedTime(_askedAt) > Fresh))
            {
                _askedAt = clock.GetTimestamp();
                _asking = Task.Run(AskDatabaseAsync);
            }

            return _asking;
        }
    }

    private async Task<Answer?> AskDatabaseAsync()
    {
        try
        {
            await using var batch = source.CreateBatch();
            batch.Timeout = 5;
            batch.BatchCommands.Add(Walls.AsWorker());
            batch.BatchCommands.Add(new(Sql) { Parameters = { new() { Value = NewestMigration() } } });
            await using var reader = await batch.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            var platforms = JsonSerializer.Deserialize<Dictionary<string, bool>>(reader.GetString(1))!.ToDictionary(p => p.Key, p => p.Value ? "connected" : "degraded");
            return new Answer(reader.GetBoolean(0), platforms);
        }
        catch (Exception failure)
        {
            LogUnreachable(logger, failure);
            return null;
        }
    }

    private string NewestMigration()
    {
        if (_newestMigration is null)
        {
            using var db = contexts.CreateDbContext();
            _newestMigration = db.Database.GetMigrations().Last();
        }

        return _newestMigration;
    }

    private sealed record Answer(bool Migrated, IReadOnlyDictionary<string, string> Platforms);

    [LoggerMessage(LogLevel.Warning, "The health check got no answer from the database")]
    private static partial void LogUnreachable(ILogger logger, Exception failure);
}

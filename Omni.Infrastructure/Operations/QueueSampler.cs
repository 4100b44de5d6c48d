using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Operations;

/// <summary>Measures the queues every five seconds with one statement, so that looking at metrics costs the database nothing. Counts stop at 10,000.</summary>
internal sealed partial class QueueSampler(
    NpgsqlDataSource source, OmniMetrics metrics, IOptions<OmniOptions> options, TimeProvider clock, ILogger<QueueSampler> logger) : BackgroundService
{
    /// <summary>Where counting stops.</summary>
    internal const int Most = 10_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // Each figure walks one partial index and stops; the limits keep it short also when a queue has a million rows. Ages are then those of
    // the rows looked at, which is near enough: with so many waiting they are all old.
    private const string Sql = """
        select
          (select count(*) from (select 1 from inbound_queue where state = 'pending' limit $1) a),
          (select count(*) from (select 1 from inbound_queue where state = 'failed' limit $1) a),
          (select count(*) from (select 1 from inbound_queue where state = 'quarantined' limit $1) a),
          (select count(*) from (select 1 from inbound_queue where state = 'unrouted' limit $1) a),
          (select min(received_at) from (select received_at from inbound_queue where state in ('pending', 'failed') limit $1) a),
          (select count(*) from (select 1 from outbox limit $1) a),
          (select min(not_before) from (select not_before from outbox where is_head and not_before <= $2 order by priority, not_before limit $1) a),
          (select min(token_expires_at) from channels where deleted_at is null and not sandbox),
          (select count(*) from (select 1 from sessions where expires_at > $2 and revoked_at is null limit $1) a),
          (select count(*) from (select distinct user_id from sessions where last_seen_at > $2 - interval '5 minutes' and revoked_at is null limit $1) a)
        """;

    private bool _failing;

    /// <summary>Measures once.</summary>
    internal async Task SampleAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new(Sql) { Parameters = { new() { Value = Most }, new() { Value = now } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        metrics.InboundQueue(
            new Dictionary<InboundState, long>
            {
                [InboundState.Pending] = reader.GetInt64(0),
                [InboundState.Failed] = reader.GetInt64(1),
                [InboundState.Quarantined] = reader.GetInt64(2),
                [InboundState.Unrouted] = reader.GetInt64(3),
            },
            Age(reader, 4, now));
        metrics.Outbox(reader.GetInt64(5), Age(reader, 6, now));
        metrics.Sessions(reader.GetInt64(8), reader.GetInt64(9));
        if (!reader.IsDBNull(7))
        {
            metrics.TokenExpiry(reader.GetFieldValue<DateTimeOffset>(7) - now);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RunsWorkers)
        {
            return; // the figures belong to the installation: nodes that do the work report them
        }

        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await SampleAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogFailed(logger, failure);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static TimeSpan Age(NpgsqlDataReader row, int column, DateTimeOffset now) =>
        row.IsDBNull(column) ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, (now - row.GetFieldValue<DateTimeOffset>(column)).Ticks));

    [LoggerMessage(LogLevel.Warning, "The queues cannot be measured")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>
/// Looks through platforms' lists when there is a reason to: a delivery that said only that something came, or a message of ours whose answer
/// was lost. What is found goes the way of everything that is posted. The reason lies in the channel's row, so that it outlives the program.
/// </summary>
internal sealed partial class HistoryWorker(
    NpgsqlDataSource source, IChannelAdapters adapters, ChannelHistory history, TimeProvider clock, ILogger<HistoryWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(2);

    /// <summary>A node that dies meanwhile leaves the channel to another after this.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Lists may be behind: when they show nothing, they are looked through again after this, …</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    /// <summary>… until the reason is this old.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>Looks through the lists of every channel that is due.</summary>
    /// <returns>How many channels.</returns>
    internal async Task<int> RunAsync(CancellationToken ct)
    {
        await WantAsync(ct);
        var looked = 0;
        while (await ClaimAsync(ct) is { } due)
        {
            await SettleAsync(due, await LookAsync(due, ct), ct);
            looked++;
        }

        return looked;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception failure) when (InboundFailure.IsOurs(failure))
                {
                    LogFailed(logger, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Channels with a message whose fate nobody knows, where the lists show what was sent. Echoes that carry our reference clear it up by themselves.</summary>
    private async Task WantAsync(CancellationToken ct)
    {
        var kinds = adapters.Kinds.Where(k => adapters.Find(k) is IChannelHistory and IChannelAdapter { Capabilities.EchoesWithoutReference: true }).Select(Names.Of).ToArray();
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channels c set history_due_at = now() + interval '5 seconds', history_since = least(c.history_since, x.since)
            from (select organization_id, channel_id, greatest(min(created_at), now() - $2) - interval '1 minute' as since from outbox where unknown_until > now() group by organization_id, channel_id) x
            where c.organization_id = x.organization_id and c.id = x.channel_id and c.kind = any ($1) and c.history_due_at is null
            """) { Parameters = { new() { Value = kinds }, new() { Value = Long } } });
        await batch.ExecuteNonQueryAsync(ct);
    }

    private async Task<Due?> ClaimAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channels c set history_due_at = now() + $1
            from (select organization_id, id from channels where history_due_at <= now() and deleted_at is null and status in ('connected', 'degraded')
              order by history_due_at limit 1 for update skip locked) x
            where c.organization_id = x.organization_id and c.id = x.id
            returning c.organization_id, c.id, c.history_since, c.history_due_at
            """) { Parameters = { new() { Value = Lease } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? new Due(reader.GetGuid(0), reader.GetGuid(1), reader.Time(2) ?? clock.GetUtcNow() - Long, reader.GetFieldValue<DateTimeOffset>(3))
            : null;
    }

    /// <summary>Looks through one channel's lists.</summary>
    /// <returns>How long until the next look; null when there is no more reason for one.</returns>
    private async Task<TimeSpan?> LookAsync(Due due, CancellationToken ct)
    {
        try
        {
            var since = clock.GetUtcNow() - ChannelHistory.Reach;
            var found = await history.FetchAsync(due.OrganizationId, due.ChannelId, due.Since > since ? due.Since : since, ct);
            return found.Refusal switch
            {
                null => found.Value > 0 || clock.GetUtcNow() - due.Since > Long ? null : Again,
                Refusal.Unavailable away => away.After > AfterFailure ? away.After : AfterFailure,
                _ => null, // the platform lists nothing, or not to us: the channel says so itself
            };
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            LogFailed(logger, failure);
            return AfterFailure;
        }
    }

    /// <summary>Another reason that came meanwhile stays.</summary>
    private async Task SettleAsync(Due due, TimeSpan? next, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channels set history_due_at = now() + $4, history_since = case when $4::interval is null then null else history_since end
            where organization_id = $1 and id = $2 and history_due_at = $3
            """)
        {
            Parameters =
            {
                new() { Value = due.OrganizationId }, new() { Value = due.ChannelId }, new() { Value = due.Until },
                new() { Value = (object?)next ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Interval },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking through a platform's lists failed; trying again")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    private sealed record Due(Guid OrganizationId, Guid ChannelId, DateTimeOffset Since, DateTimeOffset Until);
}

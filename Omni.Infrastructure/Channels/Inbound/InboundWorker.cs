using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>Finds channels with something in their queue and lets their lanes run, a few at a time, one batch each in turn: a busy channel does not keep the others waiting.</summary>
internal sealed partial class InboundWorker(
    NpgsqlDataSource source, InboundLane lane, WorkSignals signals, OmniMetrics metrics, TimeProvider clock, IOptions<OmniOptions> options, ILogger<InboundWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Channels whose lane runs; true when something was found for it meanwhile.</summary>
    private readonly ConcurrentDictionary<Guid, bool> _running = new();
    /// <summary>Failures in a row after which the first row waits by itself; the first eight go into making the batch small.</summary>
    private const int Patience = 9;

    private readonly ConcurrentDictionary<Guid, int> _most = new();
    private readonly ConcurrentDictionary<Guid, (int Failures, long Since, TimeSpan Wait)> _resting = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var places = new SemaphoreSlim(options.Value.Workers.Inbound);
        var rerouted = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.GetElapsedTime(rerouted) > TimeSpan.FromSeconds(5))
                {
                    rerouted = clock.GetTimestamp();
                    await RerouteAsync(stoppingToken);
                }

                foreach (var (organization, channel, kind) in await FindAsync(stoppingToken))
                {
                    if (IsResting(channel))
                    {
                        continue;
                    }

                    if (!_running.TryAdd(channel, false))
                    {
                        // Its lane may have looked before the newest row came: it has to look once more.
                        _running.TryUpdate(channel, true, false);
                        continue;
                    }

                    await places.WaitAsync(stoppingToken);
                    _ = RunAsync(organization, channel, kind, places, stoppingToken);
                }

                await signals.Inbound.WaitAsync(Sweep, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (InboundFailure.IsOurs(failure))
            {
                LogSweepFailed(logger, failure);
                await signals.Inbound.WaitAsync(AfterFailure, stoppingToken);
            }
        }

        // Lanes that still run end with their transaction; what they did not commit stays in the queue.
        for (var i = 0; i < options.Value.Workers.Inbound; i++)
        {
            await places.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }

    private bool IsResting(Guid channel) => _resting.TryGetValue(channel, out var rest) && clock.GetElapsedTime(rest.Since) < rest.Wait;

    private async Task RunAsync(Guid organization, Guid channel, ChannelKind kind, SemaphoreSlim places, CancellationToken ct)
    {
        try
        {
            var most = _most.GetValueOrDefault(channel, InboundLane.Full);
            var started = clock.GetTimestamp();
            var outcome = await lane.RunAsync(organization, channel, kind, most, ct);
            if (outcome.Rows > 0)
            {
                metrics.InboundApplied(clock.GetElapsedTime(started));
            }

            _resting.TryRemove(channel, out _);
            if (most < InboundLane.Full)
            {
                // Recovering after a failure: twice as many next time.
                _most[channel] = Math.Min(InboundLane.Full, most * 2);
            }

            if (outcome.More)
            {
                signals.Inbound.Set();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            await RetreatAsync(organization, channel, kind, failure, ct);
        }
        finally
        {
            var again = _running.TryRemove(channel, out var found) && found;
            places.Release();
            if (again)
            {
                signals.Inbound.Set();
            }
        }
    }

    /// <summary>Half as many next time. When a single row fails again and again for a passing reason, it waits and with it that person's later ones.</summary>
    private async Task RetreatAsync(Guid organization, Guid channel, ChannelKind kind, Exception failure, CancellationToken ct)
    {
        var most = _most.GetValueOrDefault(channel, InboundLane.Full);
        var failures = _resting.TryGetValue(channel, out var rest) ? rest.Failures + 1 : 1;
        _most[channel] = InboundLane.HalfOf(most);
        _resting[channel] = (failures, clock.GetTimestamp(), TimeSpan.FromMilliseconds(Math.Min(5_000, 20 * Math.Pow(2, Math.Min(failures, 10)))));
        metrics.Retried("inbound");
        LogBatchFailed(logger, channel, most, failures, failure);
        if (most > 1 || failures < Patience)
        {
            return;
        }

        try
        {
            await lane.PostponeAsync(organization, channel, kind, failure, ct);
            _resting.TryRemove(channel, out _);
        }
        catch (Exception again) when (InboundFailure.IsOurs(again))
        {
            LogSweepFailed(logger, again);
        }
    }

    private async Task<List<(Guid Organization, Guid Channel, ChannelKind Kind)>> FindAsync(CancellationToken ct)
    {
        var found = new List<(Guid, Guid, ChannelKind)>();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(Walls.PlannedByKey());
        // From channel to channel along the index: what waits for one of them is not counted, however much it is.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            with recursive waiting as (
              (select channel_id from inbound_queue where state in ('pending', 'failed') and channel_id is not null order by channel_id limit 1)
              union all
              select (select q.channel_id from inbound_queue q where q.state in ('pending', 'failed') and q.channel_id > w.channel_id order by q.channel_id limit 1)
              from waiting w where w.channel_id is not null)
            select f.organization_id, f.channel_id, f.kind from waiting w cross join lateral (
              select q.organization_id, q.channel_id, q.kind, q.id from inbound_queue q
              where q.channel_id = w.channel_id and q.organization_id is not null and q.state in ('pending', 'failed') and q.next_at <= $1 order by q.id limit 1) f
            order by f.id limit 500
            """) { Parameters = { new() { Value = clock.GetUtcNow() } } });
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add((reader.GetGuid(0), reader.GetGuid(1), Names.Parse<ChannelKind>(reader.GetString(2))));
        }

        return found;
    }

    /// <summary>Rows that came unrouted while their route was being written find it now; rows of a channel that went away lose it.</summary>
    private async Task RerouteAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            update inbound_queue q set organization_id = r.organization_id, channel_id = r.channel_id, state = 'pending', next_at = now()
            from webhook_deliveries d, channel_routes r
            where q.state = 'unrouted' and d.id = q.delivery_id and r.kind = q.kind and r.external_account_id = q.account_id
              and {ChannelRoutes.Fits("d.verified_channel_id")}
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update inbound_queue q set organization_id = null, channel_id = null, state = 'unrouted'
            from channels c where q.state in ('pending', 'failed') and c.organization_id = q.organization_id and c.id = q.channel_id and c.deleted_at is not null
            """));
        await batch.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for inbound work failed; trying again")]
    private static partial void LogSweepFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of at most {Most} rows of channel {ChannelId} failed, for the {Failures}. time in a row")]
    private static partial void LogBatchFailed(ILogger logger, Guid channelId, int most, int failures, Exception failure);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>
/// Looks through platforms' lists when there is a reason to: a delivery that said only that something came, a message of ours whose answer was
/// lost, or the time that an adapter names. What is found goes the way of everything that is posted. When to look, and from when on, lies in the
/// channel's row, so that it outlives the program.
/// </summary>
internal sealed partial class HistoryWorker(
    NpgsqlDataSource source, IChannelAdapters adapters, ChannelHistory history, TimeProvider clock, ILogger<HistoryWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(2);

    /// <summary>A node that dies meanwhile leaves the channel to another after this.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Lists may be behind: when they show nothing, they are looked through again after this, …</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    /// <summary>… until the hint is this old.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>Lists are looked through from a little earlier: clocks differ.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

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

    private async Task WantAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());

        // A message whose fate nobody knows, where the lists show what was sent. Echoes that carry our reference clear it up by themselves.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channels c set history_due_at = now() + interval '5 seconds', history_hint_at = now(), history_since = least(c.history_since, x.since)
            from (select organization_id, channel_id, greatest(min(created_at), now() - $2) as since from outbox where unknown_until > now() group by organization_id, channel_id) x
            where c.organization_id = x.organization_id and c.id = x.channel_id and c.kind = any ($1) and (c.history_due_at is null or c.history_due_at > now() + interval '5 seconds')
            """) { Parameters = { new() { Value = Kinds(h => h is IChannelAdapter { Capabilities.EchoesWithoutReference: true }) }, new() { Value = Long } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channels set history_due_at = now(), history_since = coalesce(history_since, now())
            where kind = any ($1) and history_due_at is null and not sandbox and deleted_at is null and status in ('connected', 'degraded')
            """) { Parameters = { new() { Value = Kinds(h => h.LooksEvery is not null) } } });
        await batch.ExecuteNonQueryAsync(ct);
    }

    private string[] Kinds(Func<IChannelHistory, bool> which) => [.. adapters.Kinds.Where(k => adapters.Find(k) is IChannelHistory history && which(history)).Select(Names.Of)];

    private async Task<Due?> ClaimAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channels c set history_due_at = now() + $1
            from (select organization_id, id from channels where history_due_at <= now() and deleted_at is null and status in ('connected', 'degraded')
              order by history_due_at limit 1 for update skip locked) x
            where c.organization_id = x.organization_id and c.id = x.id
            returning c.organization_id, c.id, c.kind, c.history_since, c.history_hint_at, c.history_due_at
            """) { Parameters = { new() { Value = Lease } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? new Due(reader.GetGuid(0), reader.GetGuid(1), Names.Parse<ChannelKind>(reader.GetString(2)), reader.Time(3), reader.Time(4), reader.GetFieldValue<DateTimeOffset>(5))
            : null;
    }

    /// <summary>Looks through one channel's lists.</summary>
    private async Task<Next> LookAsync(Due due, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var earliest = now - ChannelHistory.Reach;
        var since = (due.Since ?? now) - Margin;
        try
        {
            var found = await history.FetchAsync(due.OrganizationId, due.ChannelId, since > earliest ? since : earliest, ct);
            return found.Refusal switch
            {
                null when found.Value == 0 && now - due.HintAt < Long => new Next(Again, IsLookedThrough: false),
                Refusal.Unavailable away => new Next(away.After > AfterFailure ? away.After : AfterFailure, IsLookedThrough: false),
                Refusal.Conflict { Code: ErrorCode.ChannelNeedsReauthorization } => new Next(AfterFailure, IsLookedThrough: false), // goes on when it is connected again
                _ => new Next((adapters.Find(due.Kind) as IChannelHistory)?.LooksEvery, IsLookedThrough: true) { At = now },
            };
        }
        catch (Exception failure) when (InboundFailure.IsOurs(failure))
        {
            LogFailed(logger, failure);
            return new Next(AfterFailure, IsLookedThrough: false);
        }
    }

    /// <summary>Another reason that came meanwhile stays.</summary>
    private async Task SettleAsync(Due due, Next next, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update channels set history_due_at = now() + $4, history_since = case when $5 then $6 else history_since end, history_hint_at = case when $5 then null else history_hint_at end
            where organization_id = $1 and id = $2 and history_due_at = $3
            """)
        {
            Parameters =
            {
                new() { Value = due.OrganizationId }, new() { Value = due.ChannelId }, new() { Value = due.Until },
                new() { Value = (object?)next.After ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Interval }, new() { Value = next.IsLookedThrough },
                new() { Value = next.After is null ? DBNull.Value : next.At, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking through a platform's lists failed; trying again")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    private sealed record Due(Guid OrganizationId, Guid ChannelId, ChannelKind Kind, DateTimeOffset? Since, DateTimeOffset? HintAt, DateTimeOffset Until);

    /// <summary>When to look again, null for not by itself; and whether this look counts.</summary>
    private sealed record Next(TimeSpan? After, bool IsLookedThrough)
    {
        /// <summary>Up to when the lists were looked through.</summary>
        internal DateTimeOffset At { get; init; }
    }
}

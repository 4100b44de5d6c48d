using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>Applies one channel's queue, oldest first, one batch per transaction. The channel's lane row is locked meanwhile, so that no other node touches its order.</summary>
internal sealed partial class InboundLane(
    NpgsqlDataSource source, IChannelAdapters adapters, IEventBus bus, WorkSignals signals, ProfileQueue profiles, TimeProvider clock, ILogger<InboundLane> logger)
{
    private const int FullBatch = 200;

    /// <summary>After so many postponements a row that breaks a rule of uniqueness is not in a race with anybody: it can never work.</summary>
    private const int MostCollisions = 8;

    /// <summary>Applies one batch.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="kind">Its platform.</param>
    /// <param name="most">How many rows at most; a batch that failed is tried again with fewer.</param>
    /// <param name="ct">Stops between round trips; what was not committed stays in the queue.</param>
    internal async Task<LaneOutcome> RunAsync(Guid organizationId, Guid channelId, ChannelKind kind, int most, CancellationToken ct)
    {
        if (adapters.Find(kind) is not { } adapter)
        {
            return new LaneOutcome(0, false);
        }

        var channel = new InboundChannel(organizationId, channelId, kind, adapter.Capabilities);
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var taken = await TakeAsync(connection, transaction, channel, most, now, ct);
        if (taken.Rows.Count == 0)
        {
            return new LaneOutcome(0, false);
        }

        channel = channel with { IsLateGranted = taken.IsLateGranted };
        var plan = InboundPlan.Make(adapter, taken);
        List<(List<ChangeEvent> Events, InboundBatch Batch)> applied;
        try
        {
            applied = [await ApplyAsync(connection, transaction, channel, plan.Events, now, ct)];
        }
        catch (Exception failure) when (plan.Events.Count > 0 && taken.Rows.Count == 1 && InboundFailure.IsOurs(failure) && !InboundFailure.IsPassing(failure))
        {
            // One row is left: take it apart, so that one bad item does not hold up the others.
            applied = await TakeApartAsync(connection, transaction, channel, plan, taken.Rows[0], now, ct);
        }

        await SettleAsync(connection, transaction, plan, now, ct);
        await transaction.CommitAsync(ct);
        foreach (var (events, batch) in applied)
        {
            Announce(events, batch);
            if (adapter is IContactProfiles)
            {
                batch.Nameless.ForEach(profiles.Add);
            }
        }

        return new LaneOutcome(taken.Rows.Count, taken.Rows.Count == most);
    }

    private static async Task<InboundTaken> TakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, InboundChannel channel, int most, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select set_config('role', '{Walls.WorkerRole}', true), set_config('lock_timeout', '3s', true), {Walls.NotForEver}"));
        batch.BatchCommands.Add(Walls.PlannedByKey());
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            select exists (select 1 from channels c where c.organization_id = l.organization_id and c.id = l.channel_id and c.deleted_at is null),
              exists (select 1 from channels c where c.organization_id = l.organization_id and c.id = l.channel_id and c.settings -> '{MetaLogins.HumanAgentSetting}' = 'true')
            from channel_lanes l where l.organization_id = $1 and l.channel_id = $2 and l.purpose = 'inbound' for update of l skip locked
            """) { Parameters = { new() { Value = channel.OrganizationId }, new() { Value = channel.ChannelId } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select lane_key, min(id) from inbound_queue where channel_id = $1 and state = 'failed' and next_at > $2 and lane_key is not null group by lane_key")
        {
            Parameters = { new() { Value = channel.ChannelId }, new() { Value = now } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select q.id, q.delivery_id, coalesce(q.slice, d.body), q.received_at, q.attempts, q.items from inbound_queue q join webhook_deliveries d on d.id = q.delivery_id
            where q.channel_id = $1 and q.organization_id = $2 and q.state in ('pending', 'failed') and q.next_at <= $3 order by q.id limit $4
            """)
        {
            Parameters = { new() { Value = channel.ChannelId }, new() { Value = channel.OrganizationId }, new() { Value = now }, new() { Value = most } },
        });

        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct); // what the settings answered
        await reader.NextResultAsync(ct);
        var locked = await reader.ReadAsync(ct);
        var present = locked && reader.GetBoolean(0);
        var isLateGranted = locked && reader.GetBoolean(1);
        await reader.NextResultAsync(ct);
        var held = new HeldPeople();
        while (await reader.ReadAsync(ct))
        {
            held.Hold(HeldPeople.Split(reader.GetString(0)), reader.GetInt64(1));
        }

        await reader.NextResultAsync(ct);
        var rows = new List<InboundRow>();
        while (locked && present && await reader.ReadAsync(ct))
        {
            rows.Add(new InboundRow(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt32(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<int[]>(5)));
        }

        return new InboundTaken(rows, held, isLateGranted);
    }

    private static async Task<(List<ChangeEvent> Events, InboundBatch Batch)> ApplyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, InboundChannel channel,
        IReadOnlyList<InboundWork> items, DateTimeOffset now, CancellationToken ct)
    {
        var loaded = await InboundLoaded.ReadAsync(connection, transaction, channel, items, ct);
        var batch = new InboundBatch(channel, loaded, now);
        foreach (var item in items)
        {
            batch.Apply(item.Event, item.ReceivedAt);
        }

        return (await InboundWrites.WriteAsync(connection, transaction, channel, batch, now, ct), batch);
    }

    /// <summary>Applies the events of one row one by one, each from a savepoint; those that fail go to quarantine. The lane stays locked meanwhile.</summary>
    private async Task<List<(List<ChangeEvent> Events, InboundBatch Batch)>> TakeApartAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, InboundChannel channel, InboundPlan plan, InboundRow row, DateTimeOffset now, CancellationToken ct)
    {
        var applied = new List<(List<ChangeEvent> Events, InboundBatch Batch)>();
        foreach (var item in plan.Events)
        {
            try
            {
                await transaction.RollbackAsync(InboundLoaded.Untouched, ct);
                applied.Add(await ApplyAsync(connection, transaction, channel, [item], now, ct));
                await transaction.SaveAsync(InboundLoaded.Untouched, ct);
            }
            catch (Exception failure) when (InboundFailure.IsOurs(failure) && !InboundFailure.IsPassing(failure))
            {
                LogQuarantined(logger, channel.ChannelId, row.Id, failure);
                plan.Problems.Add(new InboundProblem(row, item.Place, InboundFailure.Words(failure)));
            }
        }

        await transaction.RollbackAsync(InboundLoaded.Untouched, ct);
        return applied;
    }

    /// <summary>Marks the rows as done, puts what cannot work into quarantine and lets rows wait whose person is held up.</summary>
    private static async Task SettleAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, InboundPlan plan, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (plan.Problems.Count > 0)
        {
            var rows = plan.Problems.GroupBy(p => p.Row.Id).ToList();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                update inbound_queue q set state = 'quarantined', error = x.error, items = coalesce(string_to_array(x.items, ',')::int[], q.items), attempts = q.attempts + 1, lane_key = null
                from unnest($1::bigint[], $2::text[], $3::text[]) x (id, error, items) where q.id = x.id
                """)
            {
                Parameters =
                {
                    new() { Value = rows.Select(r => r.Key).ToArray() },
                    new() { Value = rows.Select(r => Words([.. r])).ToArray() },
                    new() { Value = rows.Select(r => r.Any(p => p.Place is null) ? null : string.Join(',', r.Select(p => p.Place))).ToArray() },
                },
            });
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("update inbound_queue q set state = 'processed', processed_at = $2, attempts = q.attempts + 1, error = null, items = null, lane_key = null from unnest($1::bigint[]) x (id) where q.id = x.id and q.state in ('pending', 'failed')")
        {
            Parameters = { new() { Value = plan.Done.Select(r => r.Id).ToArray() }, new() { Value = now } },
        });
        if (plan.Held.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("update inbound_queue q set state = 'failed', lane_key = x.lane, next_at = $3 from unnest($1::bigint[], $2::text[]) x (id, lane) where q.id = x.id")
            {
                Parameters =
                {
                    new() { Value = plan.Held.Select(h => h.Row.Id).ToArray() },
                    new() { Value = plan.Held.Select(h => h.Lane).ToArray() },
                    new() { Value = now.AddSeconds(2) },
                },
            });
        }

        await batch.PrepareAsync(ct);
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Why a row is in quarantine: the reasons of its items, each once.</summary>
    private static string Words(IReadOnlyList<InboundProblem> problems)
    {
        var reasons = problems.Select(p => p.Error).Distinct().ToList();
        return problems is [_] ? reasons[0] : $"{problems.Count} items: {string.Join(" ", reasons.Take(3))}";
    }

    /// <summary>Lets one row wait because its person is held up; later rows of that person wait behind it.</summary>
    internal async Task PostponeAsync(Guid organizationId, Guid channelId, ChannelKind kind, Exception failure, CancellationToken ct)
    {
        if (adapters.Find(kind) is not { } adapter)
        {
            return;
        }

        var channel = new InboundChannel(organizationId, channelId, kind, adapter.Capabilities);
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var taken = await TakeAsync(connection, transaction, channel, 1, now, ct);
        if (taken.Rows is not [var row])
        {
            return;
        }

        var plan = InboundPlan.Make(adapter, taken);
        await using var command = new NpgsqlCommand(
            "update inbound_queue set state = $5, lane_key = $2, attempts = attempts + 1, next_at = $3, error = $4 where id = $1", connection, transaction)
        {
            Parameters =
            {
                new() { Value = row.Id },
                new() { Value = HeldPeople.Join(plan.Events.SelectMany(e => HeldPeople.Of(e.Event))) },
                new() { Value = now + TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, row.Attempts))) },
                new() { Value = InboundFailure.Words(failure) },
                new() { Value = Names.Of(InboundFailure.IsCollision(failure) && row.Attempts >= MostCollisions ? InboundState.Quarantined : InboundState.Failed) },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private void Announce(List<ChangeEvent> events, InboundBatch batch)
    {
        bus.Publish(events);
        if (batch.Changes.NeedsMedia)
        {
            signals.Media.Set();
        }

        if (batch.Changes.Settled.Count > 0)
        {
            signals.Outbox.Set();
        }
    }

    internal static int HalfOf(int most) => Math.Max(1, Math.Min(most, FullBatch) / 2);

    internal static int Full => FullBatch;

    [LoggerMessage(Level = LogLevel.Warning, Message = "An item of channel {ChannelId}, queue row {RowId}, cannot be applied and went to quarantine")]
    private static partial void LogQuarantined(ILogger logger, Guid channelId, long rowId, Exception failure);
}

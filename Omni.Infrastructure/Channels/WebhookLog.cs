using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels;

/// <summary>Reads and replays slices. An organization's are read behind its wall; those of nobody, and the bytes of a delivery after its slice was found, by the worker's role.</summary>
internal sealed class WebhookLog(NpgsqlDataSource database, TimeProvider clock) : IWebhookLog
{
    /// <summary>Slices put back in one transaction at most.</summary>
    private const int Chunk = 500;

    private const string Columns = "q.id, q.delivery_id, q.kind, q.channel_id, q.account_id, q.state, q.attempts, q.error, q.next_at, q.received_at, q.processed_at, length(q.slice), q.items";

    public async Task<IReadOnlyList<WebhookEvent>> ListAsync(WebhookScope scope, WebhookFilter filter, long? before, int limit, CancellationToken ct)
    {
        var list = new NpgsqlBatchCommand($"select {Columns} from inbound_queue q where {Where(scope)} and ($2::text is null or q.state = $2) and ($3::uuid is null or q.channel_id = $3) and q.id < $4 order by q.id desc limit $5");
        AddFilter(list, scope.OrganizationId, filter);
        list.Parameters.Add(new() { Value = before ?? long.MaxValue });
        list.Parameters.Add(new() { Value = limit });
        await using var batch = Begin(scope);
        batch.BatchCommands.Add(list);
        var rows = new List<WebhookEvent>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(Read(reader));
        }

        return rows;
    }

    public async Task<WebhookSlice?> FindAsync(WebhookScope scope, long id, CancellationToken ct)
    {
        WebhookEvent found;
        byte[]? slice;
        await using (var batch = Begin(scope))
        {
            var find = new NpgsqlBatchCommand($"select {Columns}, q.slice from inbound_queue q where {Where(scope)} and q.id = $2");
            find.Parameters.Add(Organization(scope.OrganizationId));
            find.Parameters.Add(new() { Value = id });
            batch.BatchCommands.Add(find);
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            if (!await reader.ReadAsync(ct))
            {
                return null;
            }

            (found, slice) = (Read(reader), reader.IsDBNull(13) ? null : reader.GetFieldValue<byte[]>(13));
        }

        var (body, headers) = await DeliveryAsync(found.DeliveryId, ct);
        return new WebhookSlice(found, slice ?? body, headers);
    }

    public async Task<int> ReplayAsync(WebhookScope scope, WebhookFilter filter, long? id, Guid replayId, CancellationToken ct)
    {
        var own = scope.OrganizationId is { } organization
            ? await ReplayAsync(() => Walls.As(organization), after => Again(organization, filter, id, replayId, after), ct)
            : 0;
        return scope.WithNobodys && filter is { State: null or InboundState.Unrouted, ChannelId: null }
            ? own + await ReplayAsync(Walls.AsWorker, after => Route(id, replayId, after), ct)
            : own;
    }

    public async Task<IReadOnlyDictionary<InboundState, int>> ProgressAsync(WebhookScope scope, Guid replayId, CancellationToken ct)
    {
        var count = new NpgsqlBatchCommand($"select q.state, count(*)::int from inbound_queue q where q.replay_id = $2 and {Where(scope)} group by q.state");
        count.Parameters.Add(Organization(scope.OrganizationId));
        count.Parameters.Add(new() { Value = replayId });
        await using var batch = Begin(scope);
        batch.BatchCommands.Add(count);
        var states = new Dictionary<InboundState, int>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            states[Names.Parse<InboundState>(reader.GetString(0))] = reader.GetInt32(1);
        }

        return states;
    }

    private async Task<int> ReplayAsync(Func<NpgsqlBatchCommand> role, Func<long, NpgsqlBatchCommand> next, CancellationToken ct)
    {
        var (replayed, after, taken) = (0, 0L, Chunk);
        while (taken == Chunk)
        {
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(role());
            batch.BatchCommands.Add(next(after));
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            for (taken = 0; await reader.ReadAsync(ct); taken++)
            {
                after = Math.Max(after, reader.GetInt64(0));
                replayed += reader.GetBoolean(1) ? 1 : 0;
            }
        }

        return replayed;
    }

    private NpgsqlBatchCommand Again(Guid organizationId, WebhookFilter filter, long? id, Guid replayId, long after)
    {
        var again = new NpgsqlBatchCommand(
            $"""
            with chosen as (
              select q.id from inbound_queue q
              where q.organization_id = $1 and q.state <> 'pending' and ($2::text is null or q.state = $2) and ($3::uuid is null or q.channel_id = $3)
                and ($4::bigint is null or q.id = $4) and q.id > $5
              order by q.id limit {Chunk} for update)
            update inbound_queue q set state = 'pending', attempts = 0, next_at = $6, replay_id = $7, error = null, processed_at = null
            from chosen where q.id = chosen.id and q.organization_id = $1 returning q.id, true
            """);
        AddFilter(again, organizationId, filter);
        AddPlace(again, id, after);
        again.Parameters.Add(new() { Value = replayId });
        return again;
    }

    // A slice that belongs to nobody can only be replayed by finding whose it is by now.
    private NpgsqlBatchCommand Route(long? id, Guid replayId, long after)
    {
        var route = new NpgsqlBatchCommand(
            $"""
            with chosen as (
              select q.id, q.kind, q.account_id, d.verified_channel_id from inbound_queue q join webhook_deliveries d on d.id = q.delivery_id
              where q.state = 'unrouted' and ($1::bigint is null or q.id = $1) and q.id > $2
              order by q.id limit {Chunk} for update of q),
            found as (
              select distinct on (c.id) c.id, r.organization_id, r.channel_id from chosen c join channel_routes r on r.kind = c.kind and r.external_account_id = c.account_id
              where {ChannelRoutes.Fits("c.verified_channel_id")}
              order by c.id),
            put as (
              update inbound_queue q set state = 'pending', organization_id = found.organization_id, channel_id = found.channel_id, attempts = 0, next_at = $3, replay_id = $4, error = null
              from found where q.id = found.id returning q.id)
            select c.id, exists (select 1 from put where put.id = c.id) from chosen c
            """);
        AddPlace(route, id, after);
        route.Parameters.Add(new() { Value = replayId });
        return route;
    }

    private void AddPlace(NpgsqlBatchCommand command, long? id, long after)
    {
        command.Parameters.Add(new() { Value = id ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
    }

    private async Task<(byte[] Body, IReadOnlyDictionary<string, string> Headers)> DeliveryAsync(Guid id, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select body, headers::text from webhook_deliveries where id = $1") { Parameters = { new() { Value = id } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? (reader.GetFieldValue<byte[]>(0), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(1)) ?? [])
            : ([], new Dictionary<string, string>()); // older than 30 days
    }

    private static string Where(WebhookScope scope) => scope.WithNobodys ? "(q.organization_id = $1 or q.organization_id is null)" : "q.organization_id = $1";

    private static NpgsqlParameter Organization(Guid? id) => new() { Value = id ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static void AddFilter(NpgsqlBatchCommand command, Guid? organizationId, WebhookFilter filter)
    {
        command.Parameters.Add(Organization(organizationId));
        command.Parameters.Add(new() { Value = filter.State is { } state ? Names.Of(state) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = filter.ChannelId ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
    }

    private static WebhookEvent Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetGuid(1),
        Names.Parse<ChannelKind>(row.GetString(2)),
        row.IsDBNull(3) ? null : row.GetGuid(3),
        row.GetString(4),
        Names.Parse<InboundState>(row.GetString(5)),
        row.GetInt32(6),
        row.IsDBNull(7) ? null : row.GetString(7),
        row.GetFieldValue<DateTimeOffset>(8),
        row.GetFieldValue<DateTimeOffset>(9),
        row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
        row.IsDBNull(11) ? null : row.GetInt32(11),
        row.IsDBNull(12) ? null : row.GetFieldValue<int[]>(12));

    private NpgsqlBatch Begin(WebhookScope scope)
    {
        var batch = database.CreateBatch();
        batch.BatchCommands.Add(scope is { WithNobodys: false, OrganizationId: { } organization } ? Walls.As(organization) : Walls.AsWorker());
        return batch;
    }
}

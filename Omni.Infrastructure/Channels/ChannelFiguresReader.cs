using Npgsql;
using NpgsqlTypes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels;

/// <inheritdoc cref="IChannelFigures"/>
internal sealed class ChannelFiguresReader(NpgsqlDataSource database, TimeProvider clock) : IChannelFigures
{
    // Failed messages are found by key: ids rise with time.
    private const string Sql = """
        with failed as (
          select m.channel_id, count(*) as n from messages m
          where m.organization_id = $1 and m.id >= $3 and m.direction = 'out' and m.status = 'failed' group by m.channel_id)
        select c.id,
          (select count(*) from (select 1 from outbox o where o.organization_id = $1 and o.channel_id = c.id limit $4) x)::int,
          least(coalesce(f.n, 0), $4)::int,
          (select count(*) from (select 1 from inbound_queue q where q.organization_id = $1 and q.channel_id = c.id and q.state = 'pending' limit $4) x)::int,
          (select count(*) from (select 1 from inbound_queue q where q.organization_id = $1 and q.channel_id = c.id and q.state in ('failed', 'quarantined') limit $4) x)::int,
          (select count(*) from (select 1 from conversations v where v.organization_id = $1 and v.channel_id = c.id and v.status not in ('resolved', 'spam') limit $4) x)::int
        from channels c left join failed f on f.channel_id = c.id
        where c.organization_id = $1 and ($2::uuid is null or c.id = $2)
        """;

    private const string HoursSql = "select channel_id, hour, received from channel_hours where organization_id = $1 and ($2::uuid is null or channel_id = $2) and hour >= $3";

    public async Task<IReadOnlyDictionary<Guid, ChannelFigures>> ReadAsync(Guid organizationId, Guid? channelId, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new() { Value = organizationId },
                new() { Value = channelId ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new() { Value = OmniId.FirstOf(clock.GetUtcNow().AddDays(-1)) },
                new() { Value = ChannelFigures.MostCounted },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(HoursSql)
        {
            Parameters =
            {
                new() { Value = organizationId },
                new() { Value = channelId ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new() { Value = clock.GetUtcNow().AddDays(-ChannelActivity.DaysRead) },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select time_zone from organizations where id = $1") { Parameters = { new() { Value = organizationId } } });
        var figures = new Dictionary<Guid, ChannelFigures>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetGuid(0);
            figures[id] = new ChannelFigures(id, reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5));
        }

        await reader.NextResultAsync(ct);
        var hours = new List<(Guid Channel, HourCount Hour)>();
        while (await reader.ReadAsync(ct))
        {
            hours.Add((reader.GetGuid(0), new HourCount(reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt32(2))));
        }

        await reader.NextResultAsync(ct);
        var zone = await reader.ReadAsync(ct) ? reader.GetString(0) : "UTC";
        var byChannel = hours.ToLookup(h => h.Channel, h => h.Hour);
        return figures.ToDictionary(f => f.Key, f => f.Value with { Traffic = new ChannelTraffic(zone, [.. byChannel[f.Key]]) });
    }
}

using System.Text.Json;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>Applies what a platform told about a message before its answer to our send was recorded: the same rules as for anything that comes in.</summary>
internal sealed class EarlyUpdates(NpgsqlDataSource source, IChannelAdapters adapters, IEventBus bus, TimeProvider clock)
{
    /// <summary>An update older than this that still waits has no message here.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);

    /// <summary>Finds updates whose message got its id after they had looked for it, or whose sender died before applying them.</summary>
    internal async Task SweepAsync(CancellationToken ct)
    {
        var found = new List<(Guid Organization, Guid Channel, ChannelKind Kind, EarlyUpdate Update)>();
        await using (var batch = source.CreateBatch())
        {
            batch.BatchCommands.Add(Walls.AsWorker());
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                select p.organization_id, p.channel_id, c.kind, p.id, p.event from pending_updates p
                join messages m on m.organization_id = p.organization_id and m.channel_id = p.channel_id and m.external_id = p.external_id
                join channels c on c.organization_id = p.organization_id and c.id = p.channel_id
                where p.received_at > $1 order by p.id limit 200
                """) { Parameters = { new() { Value = clock.GetUtcNow() - Recent } } });
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                found.Add((reader.GetGuid(0), reader.GetGuid(1), Names.Parse<ChannelKind>(reader.GetString(2)), new EarlyUpdate(reader.GetGuid(3), reader.GetString(4))));
            }
        }

        foreach (var group in found.GroupBy(f => (f.Organization, f.Channel, f.Kind)))
        {
            await ApplyAsync(group.Key.Organization, group.Key.Channel, group.Key.Kind, [.. group.Select(g => g.Update)], ct);
        }
    }

    internal async Task ApplyAsync(Guid organizationId, Guid channelId, ChannelKind kind, IReadOnlyList<EarlyUpdate> updates, CancellationToken ct)
    {
        var channel = new InboundChannel(organizationId, channelId, kind, adapters.Find(kind)!.Capabilities);
        var now = clock.GetUtcNow();
        var items = updates.Select(u => new InboundWork(JsonSerializer.Deserialize<InboundEvent>(u.Event, InboundLoaded.EventJson)!, now, 0)).ToList();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var plans = new NpgsqlBatch(connection, transaction))
        {
            plans.BatchCommands.Add(Walls.PlannedByKey());
            await plans.ExecuteNonQueryAsync(ct);
        }

        var batch = new InboundBatch(channel, await InboundLoaded.ReadAsync(connection, transaction, channel, items, ct), now);
        items.ForEach(item => batch.Apply(item.Event, item.ReceivedAt));

        batch.Changes.AppliedPending.AddRange(updates.Select(u => u.Id));
        var changes = await InboundWrites.WriteAsync(connection, transaction, channel, batch, now, ct);
        await transaction.CommitAsync(ct);
        bus.Publish(changes);
    }
}

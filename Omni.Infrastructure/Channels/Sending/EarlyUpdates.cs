using System.Text.Json;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Events;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>Applies what a platform told about a message before its answer to our send was recorded: the same rules as for anything that comes in.</summary>
internal sealed class EarlyUpdates(NpgsqlDataSource source, IChannelAdapters adapters, IEventBus bus, TimeProvider clock)
{
    internal async Task ApplyAsync(Guid organizationId, Guid channelId, ChannelKind kind, IReadOnlyList<EarlyUpdate> updates, CancellationToken ct)
    {
        var channel = new InboundChannel(organizationId, channelId, kind, adapters.Find(kind)!.Capabilities);
        var events = updates.Select(u => JsonSerializer.Deserialize<InboundEvent>(u.Event, InboundLoaded.EventJson)!).ToList();
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var walls = new NpgsqlBatch(connection, transaction))
        {
            walls.BatchCommands.Add(Walls.As(organizationId));
            await walls.ExecuteNonQueryAsync(ct);
        }

        var batch = new InboundBatch(channel, await InboundLoaded.ReadAsync(connection, transaction, channel, events, ct), now);
        foreach (var item in events)
        {
            batch.Apply(item, now);
        }

        batch.Changes.AppliedPending.AddRange(updates.Select(u => u.Id));
        var changes = await InboundWrites.WriteAsync(connection, transaction, channel, batch, now, ct);
        await transaction.CommitAsync(ct);
        bus.Publish(changes);
    }
}

using System.Text;
using Npgsql;
using Omni.Core.Contacts;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Contacts;

/// <summary>Removes erased people from deliveries and queues. A delivery whose items were all applied loses its body as a whole: it may name people of other organizations too, whose messages are stored.</summary>
internal sealed class ErasedTraces(NpgsqlDataSource source) : IErasedTraces
{
    private const int ShortestId = 5; // shorter ones would be found everywhere

    public async Task RemoveAsync(Guid organizationId, IReadOnlyCollection<string> externalIds, CancellationToken ct)
    {
        await RemoveVisitorsAsync(organizationId, externalIds, ct);
        var needles = externalIds.Where(id => id.Length >= ShortestId).Select(Encoding.UTF8.GetBytes).ToArray();
        if (needles.Length == 0)
        {
            return;
        }

        // Only this organization's items are looked at; the list is read first, so that no lock is held while bodies are searched.
        var items = await FindAsync(organizationId, needles, ct);
        foreach (var chunk in items.Chunk(500))
        {
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(Walls.AsWorker());
            batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from inbound_queue where organization_id = $1 and id = any ($2)")
            {
                Parameters = { new() { Value = organizationId }, new() { Value = chunk.Select(i => i.Item).ToArray() } },
            });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                update webhook_deliveries d set body = ''::bytea where d.id = any ($1)
                  and not exists (select 1 from inbound_queue q where q.delivery_id = d.id and q.slice is null and q.state <> 'processed')
                """)
            {
                Parameters = { new() { Value = chunk.Select(i => i.Delivery).Distinct().ToArray() } },
            });
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Browsers on website chats, with what they told; letters to them go along.</summary>
    private async Task RemoveVisitorsAsync(Guid organizationId, IReadOnlyCollection<string> externalIds, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from widget_visitors where organization_id = $1 and external_id = any ($2)")
        {
            Parameters = { new() { Value = organizationId }, new() { Value = externalIds.ToArray() } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    private async Task<List<(long Item, Guid Delivery)>> FindAsync(Guid organizationId, byte[][] needles, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select q.id, q.delivery_id from inbound_queue q join webhook_deliveries d on d.id = q.delivery_id
            where q.organization_id = $1 and exists (select 1 from unnest($2::bytea[]) n where position(n in coalesce(q.slice, d.body)) > 0)
            """)
        {
            Parameters = { new() { Value = organizationId }, new() { Value = needles } },
        });
        var items = new List<(long, Guid)>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            items.Add((reader.GetInt64(0), reader.GetGuid(1)));
        }

        return items;
    }
}

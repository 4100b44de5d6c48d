using Npgsql;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Inbox;

/// <summary>Finds snoozed conversations that are due, over all organizations, and wakes each as its own organization.</summary>
internal sealed class SnoozeWaker(NpgsqlDataSource source, ConversationService conversations) : ISnoozeWaker
{
    private const int MostPerRun = 500;

    public async Task<int> WakeDueAsync(CancellationToken ct)
    {
        var due = new List<(Guid Organization, Guid Conversation)>();
        await using (var batch = source.CreateBatch())
        {
            batch.BatchCommands.Add(Walls.AsWorker());
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select organization_id, id from conversations where status = 'snoozed' and snoozed_until <= now() order by snoozed_until limit $1")
            {
                Parameters = { new() { Value = MostPerRun } },
            });
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                due.Add((reader.GetGuid(0), reader.GetGuid(1)));
            }
        }

        var woken = 0;
        foreach (var organization in due.GroupBy(d => d.Organization))
        {
            woken += await conversations.WakeAsync(organization.Key, [.. organization.Select(d => d.Conversation)], ct);
        }

        return woken;
    }
}

using Npgsql;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Media;

/// <summary>Removes files that no row names any more: uploads nobody sent, files of messages that were taken back or erased, halves that a crash left behind.</summary>
internal sealed class OrphanFiles(NpgsqlDataSource source, IBlobStore blobs, TimeProvider clock) : IRetentionTask
{
    /// <summary>A file is kept at least that long: its row may still be on the way.</summary>
    internal static readonly TimeSpan Spared = TimeSpan.FromDays(1);

    private const int Step = 500;

    public string Name => "orphan files";

    public async Task<long> RemoveAsync(CancellationToken ct)
    {
        var (removed, old, step) = (0L, clock.GetUtcNow() - Spared, new List<string>(Step));
        await foreach (var blob in blobs.ListAsync(ct))
        {
            if (blob.WrittenAt < old)
            {
                step.Add(blob.Key);
            }

            if (step.Count == Step)
            {
                removed += await RemoveAsync(step, ct);
                step.Clear();
            }
        }

        return removed + await RemoveAsync(step, ct);
    }

    private async Task<long> RemoveAsync(List<string> keys, CancellationToken ct)
    {
        if (keys.Count == 0)
        {
            return 0;
        }

        var orphans = new List<string>();
        await using (var batch = source.CreateBatch())
        {
            batch.BatchCommands.Add(Walls.AsWorker());
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                select k from unnest($1::text[]) k
                where not exists (select 1 from attachments a where a.blob_key = k) and not exists (select 1 from attachments a where a.thumbnail_key = k)
                  and not exists (select 1 from users u where u.avatar_url like '%/' || k)
                  and not exists (select 1 from organizations o where o.logo_url like '%/' || k)
                """) { Parameters = { new() { Value = keys.ToArray() } } });
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                orphans.Add(reader.GetString(0));
            }
        }

        foreach (var key in orphans)
        {
            await blobs.DeleteAsync(key, ct);
        }

        return orphans.Count;
    }
}

using Npgsql;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Identity;

/// <summary>Removes what has ended: sessions with their tokens 30 days after their end, links and invitations likewise, counted attempts after a day.</summary>
internal sealed class IdentityRetention(NpgsqlDataSource source, TimeProvider clock) : IRetentionTask
{
    private const int Chunk = 500;

    private static readonly (string Sql, TimeSpan Age)[] Rules =
    [
        ("delete from sessions where id in (select id from sessions where coalesce(revoked_at, expires_at) < $1 limit $2)", TimeSpan.FromDays(30)),
        ("delete from refresh_tokens where id in (select id from refresh_tokens where expires_at < $1 limit $2)", TimeSpan.FromDays(1)),
        ("delete from one_time_tokens where id in (select id from one_time_tokens where expires_at < $1 limit $2)", TimeSpan.FromDays(30)),
        ("delete from invitations where id in (select id from invitations where expires_at < $1 limit $2)", TimeSpan.FromDays(30)),
        ("delete from attempts where key in (select key from attempts where last_at < $1 limit $2)", TimeSpan.FromDays(1)),
    ];

    public string Name => "sessions, tokens and invitations";

    public async Task<long> RemoveAsync(CancellationToken ct)
    {
        long total = 0;
        foreach (var (sql, age) in Rules)
        {
            int gone;
            do
            {
                await using var batch = source.CreateBatch();
                batch.BatchCommands.Add(Walls.AsWorker());
                batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = clock.GetUtcNow() - age }, new() { Value = Chunk } } });
                await batch.ExecuteNonQueryAsync(ct);
                gone = (int)batch.BatchCommands[1].RecordsAffected;
                total += gone;
            }
            while (gone == Chunk);
        }

        return total;
    }
}

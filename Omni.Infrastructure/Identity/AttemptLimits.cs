using Npgsql;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Identity;

/// <summary>Attempts as rows: one statement counts and decides, so it holds over all nodes and for many at once.</summary>
internal sealed class AttemptLimits(NpgsqlDataSource source, TimeProvider clock) : IAttemptLimits
{
    public async Task<Result<int>> TakeAsync(byte[] key, AttemptRule rule, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // No row comes back when the key is blocked. The wait doubles with each attempt after the free ones.
        var count = await ScalarAsync(
            """
            insert into attempts as a (key, count, last_at) values ($1, 1, $2)
            on conflict (key) do update set
              count = case when a.last_at < $2 - $3 then 1 else a.count + 1 end,
              last_at = $2,
              blocked_until = case when a.last_at >= $2 - $3 and a.count + 1 >= $4
                then $2 + least($3, $5 * power(2, least(a.count + 1 - $4, 10))) end
            where a.blocked_until is null or a.blocked_until <= $2
            returning count
            """,
            [key, now, rule.Window, rule.Free, rule.FirstWait], ct);
        if (count is int taken)
        {
            return Math.Max(0, rule.Free - taken);
        }

        var until = await ScalarAsync("select blocked_until from attempts where key = $1", [key], ct);
        var wait = until is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) - now : TimeSpan.FromSeconds(1);
        return new Refusal.TooMany(wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1)) { Code = ErrorCode.TooManyRequests };
    }

    public Task ForgiveAsync(byte[] key, CancellationToken ct) =>
        ScalarAsync("update attempts set count = greatest(count - 1, 0), blocked_until = null where key = $1", [key], ct);

    public Task ClearAsync(byte[] key, CancellationToken ct) => ScalarAsync("delete from attempts where key = $1", [key], ct);

    private async Task<object?> ScalarAsync(string sql, object[] values, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) ? reader.GetValue(0) : null;
    }
}

using Npgsql;
using Omni.Core.Channels;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels;

/// <summary>Token buckets in the database: the platform counts calls of one app wherever they come from, so all nodes take from the same row.</summary>
internal sealed class CallBudgets(NpgsqlDataSource source) : ICallBudgets
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    public async Task<TimeSpan> TakeAsync(string key, int perMinute, int reserve, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            with now_full as (select $2::float8 as most, $2::float8 / 60 as per_second),
            taken as (
              insert into call_budgets as b (key, left_, counted_at) select $1, most - 1, clock_timestamp() from now_full
              on conflict (key) do update set left_ = least((select most from now_full), b.left_ + greatest(0, extract(epoch from clock_timestamp() - b.counted_at)) * (select per_second from now_full)) - 1,
                counted_at = clock_timestamp()
              where (b.blocked_until is null or b.blocked_until <= clock_timestamp())
                and least((select most from now_full), b.left_ + greatest(0, extract(epoch from clock_timestamp() - b.counted_at)) * (select per_second from now_full)) >= 1 + $3
              returning 1)
            select exists (select 1 from taken),
              greatest(extract(epoch from b.blocked_until - clock_timestamp()), (1 + $3 - b.left_) / (select per_second from now_full) - extract(epoch from clock_timestamp() - b.counted_at))::float8
            from (select 1) x left join call_budgets b on b.key = $1
            """.Replace("left_", "\"left\"", StringComparison.Ordinal))
        {
            Parameters = { new() { Value = key }, new() { Value = (double)perMinute }, new() { Value = (double)reserve } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        if (reader.GetBoolean(0))
        {
            return TimeSpan.Zero;
        }

        var wait = reader.IsDBNull(1) ? ShortestWait : TimeSpan.FromSeconds(Math.Clamp(reader.GetDouble(1), 0, 3600));
        return wait > ShortestWait ? wait : ShortestWait;
    }

    public async Task ReportAsync(string key, double left, TimeSpan reset, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into call_budgets as b (key, "left", counted_at, blocked_until) values ($1, $2, clock_timestamp(), case when $2 < 1 then clock_timestamp() + $3 end)
            on conflict (key) do update set "left" = least(b."left", excluded."left"), blocked_until = greatest(b.blocked_until, excluded.blocked_until)
            """)
        {
            Parameters = { new() { Value = key }, new() { Value = left }, new() { Value = reset } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }
}

using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Omni.Core.Events;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Events;

/// <summary>
/// Reads <c>change_events</c> by (transaction, id) below the oldest transaction that is still running. Transaction ids are not the
/// order of commits: a row above that line could be followed by one with a smaller id, which a reader would have passed.
/// </summary>
internal sealed class EventFeedReader(NpgsqlDataSource source, TimeProvider clock) : IEventFeed
{
    /// <summary>How long events are kept.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    // A place older than this may have lost what followed it: rows are pruned by their own time, which runs ahead of or behind their commit.
    private static readonly TimeSpan Trusted = Kept - TimeSpan.FromHours(1);

    private const string Columns = "select xid, id, organization_id, subject, name, data, at from change_events";

    public async Task<string> GetEndAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select pg_snapshot_xmin(pg_current_snapshot())");
        return End((ulong)(await command.ExecuteScalarAsync(ct))!).ToString();
    }

    public async Task<FeedPage> ReadAsync(Guid organizationId, string cursor, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        if (!FeedCursor.TryParse(cursor, out var after) || after.At < clock.GetUtcNow() - Trusted)
        {
            return new FeedPage([], await GetEndAsync(ct), Reset: true);
        }

        var rows = new List<FeedEvent>();
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new("select pg_snapshot_xmin(pg_current_snapshot())"));
        batch.BatchCommands.Add(new($"{Columns} where organization_id = $1 and (xid, id) > ($2, $3) and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit $4")
        {
            Parameters = { new() { Value = organizationId }, Xid(after.Xid), new() { Value = after.Id }, new() { Value = limit } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var end = End((ulong)reader.GetValue(0));
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var change = Read(reader);
            rows.Add(new FeedEvent(change, new FeedCursor((ulong)reader.GetValue(0), change.Id, change.At).ToString()));
        }

        if (after.Xid > end.Xid)
        {
            return new FeedPage([], end.ToString(), Reset: true); // transaction ids start anew in a restored database
        }

        return new FeedPage(rows, rows.Count == limit ? rows[^1].Cursor : Later(rows, end), Reset: false);
    }

    /// <summary>Reads all organizations' events for this process.</summary>
    /// <param name="after">The place; null: only where the end is.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="isPassed">Events, by id and name, whose content is not needed.</param>
    /// <param name="ct">Stops waiting.</param>
    internal async Task<FeedSweep> SweepAsync(FeedCursor? after, int limit, Func<Guid, string, bool> isPassed, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new("select pg_snapshot_xmin(pg_current_snapshot()), (select at from change_events where xid >= pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit 1)"));
        if (after is not null)
        {
            batch.BatchCommands.Add(new($"{Columns} where (xid, id) > ($1, $2) and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit $3")
            {
                Parameters = { Xid(after.Xid), new() { Value = after.Id }, new() { Value = limit } },
            });
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var end = End((ulong)reader.GetValue(0));
        var lag = await reader.IsDBNullAsync(1, ct) ? TimeSpan.Zero : end.At - reader.GetFieldValue<DateTimeOffset>(1);
        var news = new List<ChangeEvent>();
        var last = after;
        var count = 0;
        if (after is not null)
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                count++;
                last = new FeedCursor((ulong)reader.GetValue(0), reader.GetGuid(1), end.At);
                if (!isPassed(last.Id, reader.GetString(4)))
                {
                    news.Add(Read(reader));
                }
            }
        }

        var full = count == limit;
        var place = full || (last is not null && last.Xid > end.Xid) ? last! : end;
        return new FeedSweep(news, count, place, lag > TimeSpan.Zero ? lag : TimeSpan.Zero, full, Foreign: after is not null && count == 0 && after.Xid > end.Xid);
    }

    private static string Later(List<FeedEvent> rows, FeedCursor end) =>
        rows.Count > 0 && FeedCursor.TryParse(rows[^1].Cursor, out var last) && last.Xid > end.Xid ? rows[^1].Cursor : end.ToString();

    private static NpgsqlParameter Xid(ulong value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Xid8 };

    private static ChangeEvent Read(NpgsqlDataReader row) => new(
        row.GetGuid(2), row.GetString(3), row.GetString(4), (JsonObject)JsonNode.Parse(row.GetString(5))!, row.GetFieldValue<DateTimeOffset>(6)) { Id = row.GetGuid(1) };

    private FeedCursor End(ulong oldestRunning) => new(oldestRunning - 1, FeedCursor.AfterTransaction, clock.GetUtcNow());
}

/// <summary>One look at the feed.</summary>
/// <param name="News">Events whose content was asked for.</param>
/// <param name="Count">Events seen, those without content too.</param>
/// <param name="Place">Where to go on.</param>
/// <param name="Lag">Age of the oldest event that cannot be read yet.</param>
/// <param name="Full">Whether there is probably more.</param>
/// <param name="Foreign">Whether the place belongs to another database.</param>
internal sealed record FeedSweep(IReadOnlyList<ChangeEvent> News, int Count, FeedCursor Place, TimeSpan Lag, bool Full, bool Foreign);

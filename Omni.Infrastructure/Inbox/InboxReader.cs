using Npgsql;
using NpgsqlTypes;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Inbox;

/// <summary>Reads the inbox by hand-written SQL: each call is one batch, so one round trip, under the walled role.</summary>
internal sealed class InboxReader(NpgsqlDataSource source, TimeProvider clock) : IInboxReader
{
    private static readonly TimeSpan ClosingSoon = TimeSpan.FromHours(4);

    public async Task<Result<Page<ConversationItem>>> ListAsync(Actor actor, ConversationQuery query, CancellationToken ct)
    {
        var limit = Cursor.Limit(query.Limit);
        var sql = new ConversationListSql(actor, query, limit, clock.GetUtcNow(), ClosingSoon);
        if (!sql.CursorIsOurs)
        {
            return new Refusal.Invalid("cursor", "It must be a nextCursor of this list.");
        }

        var items = new List<ConversationItem>(limit);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        batch.BatchCommands.Add(sql.Command);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            items.Add(ConversationRowSql.ReadItem(reader, actor.OrganizationId));
        }

        var next = items.Count > limit ? Cursor.Write(items[limit - 1].Row.LastActivityAt, items[limit - 1].Row.Id) : null;
        return new Page<ConversationItem>(items.Count > limit ? items[..limit] : items, next, limit);
    }

    public async Task<Result<ConversationItem>> FindAsync(Actor actor, Guid conversationId, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select {ConversationRowSql.Columns}, {ConversationRowSql.OwnColumns} from conversations c {ConversationRowSql.Joins} {ConversationRowSql.OwnJoins("$3")} where c.organization_id = $1 and c.id = $2")
        {
            Parameters = { new() { Value = actor.OrganizationId }, new() { Value = conversationId }, new() { Value = actor.UserId } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? ConversationRowSql.ReadItem(reader, actor.OrganizationId)
            : new Refusal.NotFound("The conversation");
    }

    public async Task<IReadOnlyList<ConversationRow>> RowsAsync(Guid organizationId, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        var rows = new List<ConversationRow>(ids.Count);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select {ConversationRowSql.Columns} from conversations c {ConversationRowSql.Joins} where c.organization_id = $1 and c.id = any ($2)")
        {
            Parameters = { new() { Value = organizationId }, new() { Value = ids.ToArray() } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(ConversationRowSql.Read(reader, organizationId));
        }

        return rows;
    }

    public async Task<InboxCounts> CountsAsync(Actor actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // The order makes the index of the list the cheapest way; without it a limit can look cheaper through the whole table.
        static string Most100(string where) => $"(select count(*) from (select 1 from conversations c where c.organization_id = $1 and {where} order by c.last_activity_at desc limit 100) x)";
        const string Open = "c.status = 'open'";
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            select {Most100($"c.assignee_id = $2 and {Open}")}, {Most100($"c.assignee_id is null and {Open}")}, {Most100(Open)},
              {Most100($"{Open} and c.waiting_since is not null")},
              (select count(*) from (select 1 from (
                 select c.window_until, c.last_activity_at from conversations c
                 where c.organization_id = $1 and {Open} and {ConversationRowSql.Lately("$3")} order by c.last_activity_at desc offset 0) c -- by index and no further than needed
                 where {ConversationRowSql.Closing("$3", "$4")} limit 100) x), {Most100("c.status = 'snoozed'")},
              (select count(*) from (select 1 from conversations c
                 left join read_pointers p on p.organization_id = c.organization_id and p.user_id = $2 and p.conversation_id = c.id
                 where c.organization_id = $1 and c.assignee_id = $2 and {Open} and c.last_unread_seq > coalesce(p.last_read_seq, 0) order by c.last_activity_at desc limit 100) x)
            """)
        {
            Parameters =
            {
                new() { Value = actor.OrganizationId }, new() { Value = actor.UserId },
                new() { Value = now }, new() { Value = now + ClosingSoon },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select ch.id, {Most100($"c.channel_id = ch.id and {Open}")} from channels ch where ch.organization_id = $1 and ch.deleted_at is null")
        {
            Parameters = { new() { Value = actor.OrganizationId } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select l.id, (select count(*) from (select 1 from conversation_labels cl
                cross join lateral (select 1 from conversations c where c.organization_id = cl.organization_id and c.id = cl.conversation_id and c.status = 'open' offset 0) c
                where cl.organization_id = $1 and cl.label_id = l.id limit 100) x)
            from labels l where l.organization_id = $1
            """)
        {
            Parameters = { new() { Value = actor.OrganizationId } },
        });

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        int[] n = [.. Enumerable.Range(0, 7).Select(i => (int)reader.GetInt64(i))];
        await reader.NextResultAsync(ct);
        var channels = await ReadCountsAsync(reader, ct);
        await reader.NextResultAsync(ct);
        return new InboxCounts(n[0], n[1], n[2], n[3], n[4], n[5], n[6], channels, await ReadCountsAsync(reader, ct));
    }

    public async Task<Result<Page<MessageView>>> MessagesAsync(
        Actor actor, Guid conversationId, string? before, string? after, int limit, CancellationToken ct)
    {
        limit = Cursor.Limit(limit);
        var (position, seq) = (after is null ? long.MaxValue : long.MinValue, after is null ? int.MaxValue : int.MinValue);
        if ((after ?? before) is { } cursor && !Cursor.TryRead(cursor, out position, out seq) && !(long.TryParse(cursor, out position) && Bound(after, out seq)))
        {
            return new Refusal.Invalid(after is null ? "before" : "after", "It must be a position or a nextCursor of this list.");
        }

        var (compare, order) = after is null ? ("<", "desc") : (">", "asc");
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select 1 from conversations where organization_id = $1 and id = $2")
        {
            Parameters = { new() { Value = actor.OrganizationId }, new() { Value = conversationId } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            select {MessageSql.Columns} from (
              select * from messages where organization_id = $1 and conversation_id = $2 and (position, seq) {compare} ($3, $4)
              order by position {order}, seq {order} limit $5) m {MessageSql.Joins}
            order by m.position {order}, m.seq {order}
            """)
        {
            Parameters =
            {
                new() { Value = actor.OrganizationId }, new() { Value = conversationId },
                new() { Value = position }, new() { Value = seq }, new() { Value = limit + 1 },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return new Refusal.NotFound("The conversation");
        }

        await reader.NextResultAsync(ct);
        return PageOf(await ReadMessagesAsync(reader, ct), limit);
    }

    public async Task<IReadOnlyList<MessageView>> MessagesAsync(Guid organizationId, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select {MessageSql.Columns} from messages m {MessageSql.Joins} where m.organization_id = $1 and m.id = any ($2) order by m.position, m.seq")
        {
            Parameters = { new() { Value = organizationId }, new() { Value = ids.ToArray() } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await ReadMessagesAsync(reader, ct);
    }

    public async Task<Result<Page<MessageView>>> SearchAsync(Actor actor, string words, string? cursor, int limit, CancellationToken ct)
    {
        limit = Cursor.Limit(limit);
        if (string.IsNullOrWhiteSpace(words) || words.Length > 200)
        {
            return new Refusal.Invalid("q", "Search for 1 to 200 characters.");
        }

        var (position, id) = (long.MaxValue, Guid.AllBitsSet);
        if (cursor is not null && !Cursor.TryRead(cursor, out position, out id))
        {
            return new Refusal.Invalid("cursor", "It must be a nextCursor of this list.");
        }

        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select {MessageSql.Columns} from omni_search_messages($2, $3, $4, $5) s join messages m on m.organization_id = $1 and m.id = s.id {MessageSql.Joins} order by m.position desc, m.id desc")
        {
            Parameters =
            {
                new() { Value = actor.OrganizationId }, new() { Value = words.Replace("\0", "", StringComparison.Ordinal) },
                new() { Value = position }, new() { Value = id }, new() { Value = limit + 1, NpgsqlDbType = NpgsqlDbType.Integer },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var rows = await ReadMessagesAsync(reader, ct);
        var next = rows.Count > limit ? Cursor.Write(rows[limit - 1].Position, rows[limit - 1].Id) : null;
        return new Page<MessageView>(rows.Count > limit ? rows[..limit] : rows, next, limit);
    }

    private static Page<MessageView> PageOf(List<MessageView> rows, int limit)
    {
        var next = rows.Count > limit ? Cursor.Write(rows[limit - 1].Position, rows[limit - 1].Seq) : null;
        return new Page<MessageView>(rows.Count > limit ? rows[..limit] : rows, next, limit);
    }

    private static bool Bound(string? after, out int seq)
    {
        seq = after is null ? int.MinValue : int.MaxValue;
        return true;
    }

    private static async Task<List<MessageView>> ReadMessagesAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var rows = new List<MessageView>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(MessageSql.Read(reader));
        }

        return rows;
    }

    private static async Task<Dictionary<Guid, int>> ReadCountsAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var counts = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(ct))
        {
            counts[reader.GetGuid(0)] = (int)reader.GetInt64(1);
        }

        return counts;
    }
}

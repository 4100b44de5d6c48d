using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Widget;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Widget;

/// <inheritdoc cref="IWidgetReader"/>
internal sealed class WidgetReader(NpgsqlDataSource source) : IWidgetReader
{
    private const int MostSince = 50;
    private const int MostUnread = 99;

    /// <summary>What has left the team. One whose sender died in the middle counts: nothing stood between it and the visitor.</summary>
    private const string Sent = "m.direction = 'out' and m.status in ('sent', 'delivered', 'read', 'unknown')";

    private const string Visible = $"m.kind = 'message' and (m.direction = 'in' or ({Sent}))";

    /// <summary>The person's conversations on the channel: $1 organization, $2 channel, $3 person.</summary>
    private const string Talks = """
        select c.id from contact_identities i join conversations c on c.organization_id = i.organization_id and c.contact_id = i.contact_id and c.channel_id = i.channel_id
        where i.organization_id = $1 and i.channel_id = $2 and i.external_id = $3
        """;

    private const string Columns = """
        m.id, m.external_id, m.position, m.direction, m.text, m.status, m.created_at, m.platform_time, m.edited_at, m.deleted_at, m.author_id, u.display_name, u.avatar_url,
        exists (select 1 from read_pointers p where p.organization_id = m.organization_id and p.conversation_id = m.conversation_id and p.last_read_seq >= m.seq),
        (select json_agg(json_build_array(a.id, a.type, a.mime, a.name, a.size, a.state, a.reason, a.payload) order by a.index) from attachments a
           where a.organization_id = m.organization_id and a.message_id = m.id)
        """;

    public async Task<(IReadOnlyList<WidgetMessage> Rows, bool More)> PageAsync(WidgetVisitor visitor, WidgetPlace? before, WidgetPlace? after, int limit, CancellationToken ct)
    {
        var order = after is null ? "desc" : "asc";
        var (high, low) = (before ?? new WidgetPlace(long.MaxValue, Guid.AllBitsSet), after ?? new WidgetPlace(long.MinValue, Guid.Empty));
        var rows = await ReadAsync(visitor, $"""
            select {Columns} from messages m left join users u on u.id = m.author_id
            where m.organization_id = $1 and m.conversation_id in ({Talks}) and {Visible} and (m.position, m.id) < ($4, $5) and (m.position, m.id) > ($6, $7)
            order by m.position {order}, m.id {order} limit $8
            """, [high.Position, high.Id, low.Position, low.Id, limit + 1], ct);
        var more = rows.Count > limit;
        rows = more ? rows[..limit] : rows;
        if (after is null)
        {
            rows.Reverse();
        }

        return (rows, more);
    }

    public async Task<IReadOnlyList<WidgetMessage>> SinceAsync(WidgetVisitor visitor, DateTimeOffset moment, CancellationToken ct)
    {
        // What was sent later than it was written says so in its attempts.
        var rows = await ReadAsync(visitor, $"""
            select {Columns} from (
              select * from messages m where m.organization_id = $1 and m.conversation_id in ({Talks}) and {Visible} order by m.position desc, m.id desc limit {4 * MostSince}) m
            left join users u on u.id = m.author_id
            where m.created_at > $4 or m.edited_at > $4 or m.deleted_at > $4
              or exists (select 1 from message_attempts t where t.organization_id = m.organization_id and t.message_id = m.id and t.finished_at > $4)
              or exists (select 1 from attachments a where a.organization_id = m.organization_id and a.message_id = m.id and a.state <> 'pending' and a.created_at > $4)
            order by m.position desc, m.id desc limit {MostSince}
            """, [moment], ct);
        rows.Reverse();
        return rows;
    }

    public async Task<(int Unread, long LastPosition)> CountAsync(WidgetVisitor visitor, CancellationToken ct)
    {
        await using var batch = Batch(visitor.OrganizationId, $"""
            with talks as ({Talks})
            select (select count(*) from (select 1 from messages m where m.organization_id = $1 and m.conversation_id in (select id from talks) and m.kind = 'message' and {Sent}
                and m.deleted_at is null and m.position > $4 limit {MostUnread}) x),
              coalesce((select max(m.position) from messages m where m.organization_id = $1 and m.conversation_id in (select id from talks) and {Visible}), 0)
            """, [visitor.OrganizationId, visitor.ChannelId, visitor.ExternalId, visitor.ReadPosition]);
        await using var reader = await OpenAsync(batch, ct);
        await reader.ReadAsync(ct);
        return ((int)reader.GetInt64(0), reader.GetInt64(1));
    }

    public async Task<IReadOnlyList<WidgetChange>> ChangedAsync(Guid organizationId, Guid channelId, IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        await using var batch = Batch(organizationId, $"""
            select {Columns}, m.conversation_id, {Visible},
              (select array_agg(i.external_id) from conversations c join contact_identities i on i.organization_id = c.organization_id and i.contact_id = c.contact_id and i.channel_id = c.channel_id
                where c.organization_id = m.organization_id and c.id = m.conversation_id and m.channel_id = $3)
            from messages m left join users u on u.id = m.author_id where m.organization_id = $1 and m.id = any ($2) order by m.position, m.id
            """, [organizationId, messageIds.ToArray(), channelId]);
        await using var reader = await OpenAsync(batch, ct);
        var changes = new List<WidgetChange>(messageIds.Count);
        while (await reader.ReadAsync(ct))
        {
            var people = reader.IsDBNull(17) ? [] : reader.GetFieldValue<string[]>(17);
            changes.Add(new WidgetChange(reader.GetGuid(0), reader.GetGuid(15), people, people.Length > 0 && reader.GetBoolean(16) ? Read(reader) : null));
        }

        return changes;
    }

    public async Task<IReadOnlyList<string>> PeopleAsync(Guid organizationId, Guid channelId, Guid conversationId, CancellationToken ct)
    {
        await using var batch = Batch(organizationId, """
            select array_agg(i.external_id) from conversations c join contact_identities i on i.organization_id = c.organization_id and i.contact_id = c.contact_id and i.channel_id = c.channel_id
            where c.organization_id = $1 and c.channel_id = $2 and c.id = $3
            """, [organizationId, channelId, conversationId]);
        await using var reader = await OpenAsync(batch, ct);
        return await reader.ReadAsync(ct) && !reader.IsDBNull(0) ? reader.GetFieldValue<string[]>(0) : [];
    }

    public async Task<long> PositionAsync(Guid organizationId, Guid conversationId, int seq, CancellationToken ct)
    {
        await using var batch = Batch(organizationId,
            "select coalesce(max(position), 0) from messages where organization_id = $1 and conversation_id = $2 and seq <= $3 and direction = 'in'", [organizationId, conversationId, seq]);
        await using var reader = await OpenAsync(batch, ct);
        return await reader.ReadAsync(ct) ? reader.GetInt64(0) : 0;
    }

    public async Task<long> TeamReadAsync(WidgetVisitor visitor, CancellationToken ct)
    {
        await using var batch = Batch(visitor.OrganizationId, $"""
            select coalesce(max(m.position), 0) from messages m where m.organization_id = $1 and m.conversation_id in ({Talks}) and m.direction = 'in'
              and m.seq <= (select max(p.last_read_seq) from read_pointers p where p.organization_id = m.organization_id and p.conversation_id = m.conversation_id)
            """, [visitor.OrganizationId, visitor.ChannelId, visitor.ExternalId]);
        await using var reader = await OpenAsync(batch, ct);
        return await reader.ReadAsync(ct) ? reader.GetInt64(0) : 0;
    }

    public async Task<WidgetTalk?> OpenTalkAsync(Guid organizationId, Guid channelId, string person, CancellationToken ct)
    {
        await using var batch = Batch(organizationId, """
            select c.id, c.contact_id, p.name from contact_identities i
            join conversations c on c.organization_id = i.organization_id and c.contact_id = i.contact_id and c.channel_id = i.channel_id and c.status not in ('resolved', 'spam')
            join contacts p on p.organization_id = c.organization_id and p.id = c.contact_id
            where i.organization_id = $1 and i.channel_id = $2 and i.external_id = $3 limit 1
            """, [organizationId, channelId, person]);
        await using var reader = await OpenAsync(batch, ct);
        return await reader.ReadAsync(ct) ? new WidgetTalk(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2)) : null;
    }

    public async Task<IReadOnlyList<Guid>> UnreadAsync(WidgetVisitor visitor, long position, CancellationToken ct)
    {
        await using var batch = Batch(visitor.OrganizationId, $"""
            select m.id from messages m where m.organization_id = $1 and m.conversation_id in ({Talks}) and m.kind = 'message' and {Sent} and m.status <> 'read' and m.position <= $4
            order by m.position desc limit 500
            """, [visitor.OrganizationId, visitor.ChannelId, visitor.ExternalId, position]);
        await using var reader = await OpenAsync(batch, ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private async Task<List<WidgetMessage>> ReadAsync(WidgetVisitor visitor, string sql, object[] values, CancellationToken ct)
    {
        await using var batch = Batch(visitor.OrganizationId, sql, [visitor.OrganizationId, visitor.ChannelId, visitor.ExternalId, .. values]);
        await using var reader = await OpenAsync(batch, ct);
        var rows = new List<WidgetMessage>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(Read(reader));
        }

        return rows;
    }

    private static WidgetMessage Read(NpgsqlDataReader reader)
    {
        var isVisitors = reader.GetString(3) == Names.Of(MessageDirection.In);
        var isDeleted = !reader.IsDBNull(9);
        return new WidgetMessage
        {
            Id = reader.GetGuid(0),
            ClientId = isVisitors && Guid.TryParse(reader.Text(1), out var clientId) ? clientId : null,
            Position = reader.GetInt64(2),
            IsVisitors = isVisitors,
            Text = isDeleted ? null : reader.Text(4),
            Status = isVisitors ? (reader.GetBoolean(13) ? MessageStatus.Read : MessageStatus.Received) : Names.Parse<MessageStatus>(reader.GetString(5)) is MessageStatus.Unknown ? MessageStatus.Sent : Names.Parse<MessageStatus>(reader.GetString(5)),
            At = reader.Time(7) ?? reader.GetFieldValue<DateTimeOffset>(6),
            EditedAt = reader.Time(8),
            DeletedAt = reader.Time(9),
            Author = !isVisitors && reader.Id(10) is { } author ? new WidgetAuthor(author, reader.Text(11) ?? "", reader.Text(12)) : null,
            Attachments = isDeleted || reader.IsDBNull(14) ? [] : Inbox.MessageSql.Attachments(reader.GetString(14)),
        };
    }

    private NpgsqlBatch Batch(Guid organizationId, string sql, object[] values)
    {
        var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(organizationId));
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
        return batch;
    }

    private static async Task<NpgsqlDataReader> OpenAsync(NpgsqlBatch batch, CancellationToken ct)
    {
        var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return reader;
    }
}

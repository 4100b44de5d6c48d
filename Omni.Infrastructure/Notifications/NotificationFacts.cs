using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Core.Tenancy;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Notifications;

/// <summary>What must be known to decide who is told: the present state of what events named, and the members with their wishes. One round trip.</summary>
internal sealed record NotificationFacts(
    IReadOnlyList<MessageFacts> Messages, IReadOnlyList<BegunFacts> Begun, IReadOnlyList<ChannelFacts> Channels, IReadOnlyList<MemberFacts> Members)
{
    // A message that came before somebody else took the conversation over is none of the present person's: the assignment told them.
    private const string MessagesSql = """
        select m.id, m.conversation_id, m.seq, m.author_id,
          case when c.assignee_id is not null and not exists (select 1 from messages l where l.organization_id = m.organization_id and l.conversation_id = m.conversation_id
            and l.seq > m.seq and l.kind = 'activity' and l.type in ('assigned', 'unassigned')) then c.assignee_id end,
          m.direction = 'in' and m.kind = 'message' and m.id = any ($2),
          case when m.kind = 'activity' and m.type = 'assigned' and m.id = any ($2) then (m.payload ->> 'assigneeId')::uuid end,
          m.direction = 'out' and m.status = 'failed' and m.id = any ($3),
          case when m.direction = 'out' then (select count(*) from message_attempts a where a.organization_id = m.organization_id and a.message_id = m.id) else 0 end,
          case when m.kind = 'note' and m.id = any ($2) then array(select n.user_id from note_mentions n where n.organization_id = m.organization_id and n.message_id = m.id) else array[]::uuid[] end
        from (select distinct x.id from unnest($2 || $3) x (id)) x
        cross join lateral (select * from messages m where m.organization_id = $1 and m.id = x.id offset 0) m
        cross join lateral (select c.assignee_id from conversations c where c.organization_id = $1 and c.id = m.conversation_id offset 0) c
        where m.deleted_at is null order by m.id
        """;

    private const string BegunSql = """
        select c.id, c.assignee_id, f.id, f.seq from unnest($2) x (id)
        cross join lateral (select c.id, c.assignee_id from conversations c where c.organization_id = $1 and c.id = x.id offset 0) c
        left join lateral (select m.id, m.seq from messages m where m.organization_id = $1 and m.conversation_id = x.id order by m.seq limit 1) f on true
        """;

    private const string ChannelsSql = "select c.id, c.status from unnest($2) x (id) join channels c on c.organization_id = $1 and c.id = x.id and c.deleted_at is null";

    private const string MembersSql =
        "select m.user_id, m.role, u.settings from memberships m join users u on u.id = m.user_id where m.organization_id = $1 and u.kind = 'human'";

    internal static async Task<NotificationFacts> ReadAsync(NpgsqlDataSource source, Guid organizationId, EventCauses causes, CancellationToken ct)
    {
        var facts = new NotificationFacts(new List<MessageFacts>(), new List<BegunFacts>(), new List<ChannelFacts>(), new List<MemberFacts>());
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(Walls.PlannedByKey());
        Add(batch, MessagesSql, organizationId, causes.Messages.ToArray(), causes.States.ToArray());
        Add(batch, BegunSql, organizationId, causes.Conversations.ToArray());
        Add(batch, ChannelsSql, organizationId, causes.Channels.ToArray());
        Add(batch, MembersSql, organizationId);
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct); // what the settings answered
        await ReadAsync(reader, (List<MessageFacts>)facts.Messages, r => new MessageFacts(r.GetGuid(0), r.GetGuid(1), r.GetInt32(2), r.Id(3), r.Id(4), r.GetBoolean(5), r.Id(6), r.GetBoolean(7), r.GetInt64(8), r.GetFieldValue<Guid[]>(9)), ct);
        await ReadAsync(reader, (List<BegunFacts>)facts.Begun, r => new BegunFacts(r.GetGuid(0), r.Id(1), r.Id(2), r.IsDBNull(3) ? null : r.GetInt32(3)), ct);
        await ReadAsync(reader, (List<ChannelFacts>)facts.Channels, r => new ChannelFacts(r.GetGuid(0), Names.Parse<ChannelStatus>(r.GetString(1))), ct);
        await ReadAsync(reader, (List<MemberFacts>)facts.Members, r => new MemberFacts(r.GetGuid(0), Names.Parse<MemberRole>(r.GetString(1)), r.GetString(2)), ct);
        return facts;
    }

    private static async Task ReadAsync<T>(NpgsqlDataReader reader, List<T> into, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            into.Add(read(reader));
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}

/// <summary>A message as far as it may tell somebody something.</summary>
internal sealed record MessageFacts(
    Guid Id, Guid ConversationId, int Seq, Guid? AuthorId, Guid? Assignee, bool IsIncoming, Guid? NewAssignee, bool HasFailed, long Attempts, Guid[] Mentioned);

/// <summary>A conversation that began.</summary>
internal sealed record BegunFacts(Guid Id, Guid? Assignee, Guid? FirstMessageId, int? FirstSeq);

/// <summary>A channel's present state.</summary>
internal sealed record ChannelFacts(Guid Id, ChannelStatus Status);

/// <summary>A member with their wishes.</summary>
internal sealed record MemberFacts(Guid UserId, MemberRole Role, string SettingsJson)
{
    private NotificationSettings? _settings;

    /// <summary>The wishes, read when they are needed first.</summary>
    internal NotificationSettings Settings => _settings ??= NotificationSettings.Of(JsonNode.Parse(SettingsJson) as JsonObject ?? []);
}

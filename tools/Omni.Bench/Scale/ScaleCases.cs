using Npgsql;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;

namespace Omni.Bench.Scale;

/// <summary>What is measured for one organization.</summary>
/// <param name="reader">The program's service.</param>
/// <param name="place">The organization and what there is to ask for.</param>
/// <param name="prefix">Goes before the names.</param>
/// <param name="ct">Gives up.</param>
internal sealed class ScaleCases(IInboxReader reader, ScalePlace place, string prefix, CancellationToken ct)
{
    private const int PageSize = 50;

    private const string Row = """
        select c.id, c.channel_id, ch.kind, ch.name, ch.status, c.contact_id, ct.name, ct.avatar_url, c.status, c.priority, c.subject, c.thread_key, c.assignee_id, u.display_name,
          c.last_seq, c.last_unread_seq, c.last_message_id, c.last_message_direction, c.last_message_preview, c.last_message_status, c.last_activity_at, c.last_inbound_at,
          c.waiting_since, c.window_until, c.snoozed_until, c.version, c.created_at, ch.sandbox, rp.last_read_seq, d.text,
          (select json_agg(json_build_array(l.id, l.name, l.hue) order by l.name) from conversation_labels cl join labels l on l.organization_id = cl.organization_id and l.id = cl.label_id
             where cl.organization_id = c.organization_id and cl.conversation_id = c.id)
        from conversations c
          join channels ch on ch.organization_id = c.organization_id and ch.id = c.channel_id
          join contacts ct on ct.organization_id = c.organization_id and ct.id = c.contact_id
          left join users u on u.id = c.assignee_id
          left join read_pointers rp on rp.organization_id = c.organization_id and rp.user_id = $2 and rp.conversation_id = c.id
          left join drafts d on d.organization_id = c.organization_id and d.user_id = $2 and d.conversation_id = c.id and d.mode = 'reply'
        where c.organization_id = $1
        """;

    private const string Line = """
        select m.id, m.conversation_id, m.seq, m.position, m.direction, m.kind, m.type, m.text, m.payload, m.contact_id, m.author_id, u.display_name, m.source, m.external_id, m.client_id,
          m.reply_to_id, r.type, r.text, m.status, m.error_code, m.error_message, m.error_retryable, m.edited_at, m.deleted_at, m.platform_time, m.received_at, m.created_at,
          (select json_agg(json_build_array(a.id, a.type, a.name)) from attachments a where a.organization_id = m.organization_id and a.message_id = m.id),
          (select json_agg(json_build_array(x.reactor, x.emoji)) from reactions x where x.organization_id = m.organization_id and x.message_id = m.id)
        from messages m left join users u on u.id = m.author_id left join messages r on r.organization_id = m.organization_id and r.id = m.reply_to_id
        where m.organization_id = $1
        """;

    private readonly Actor _actor = new(place.UserId, place.OrganizationId, MemberRole.Agent, Guid.Empty);

    /// <summary>All of them.</summary>
    internal IEnumerable<ScaleCase> All() =>
    [
        List("ListFirst", new(), "c.status = 'open'"),
        Deep(),
        List("ListOldest", new() { OldestFirst = true }, "c.status = 'open'", "asc"),
        List("ListResolved", new() { Statuses = [ConversationStatus.Resolved] }, "c.status = 'resolved'"),
        List("ListMine", new() { Assignee = AssigneeFilter.Person(place.UserId) }, "c.assignee_id = $2 and c.status = 'open'"),
        List("ListNobody", new() { Assignee = AssigneeFilter.Nobody }, "c.assignee_id is null and c.status = 'open'"),
        List("ListChannel", new() { ChannelId = place.ChannelId }, "c.channel_id = $3 and c.status = 'open'", more: place.ChannelId),
        List("ListLabel", new() { LabelId = place.LabelId }, "c.status = 'open' and exists (select 1 from conversation_labels x where x.organization_id = $1 and x.label_id = $3 and x.conversation_id = c.id)", more: place.LabelId),
        List("ListContact", new() { ContactId = place.ContactId, Statuses = [] }, "c.contact_id = $3 and c.status <> 'spam'", more: place.ContactId),
        List("ListUnread", new() { UnreadOnly = true }, "c.status = 'open' and c.last_unread_seq > coalesce(rp.last_read_seq, 0)"),
        List("ListWaiting", new() { WaitingOnly = true }, "c.status = 'open' and c.waiting_since is not null"),
        List("ListClosing", new() { WindowClosing = true }, "c.status = 'open' and c.window_until > now() and c.window_until <= now() + interval '4 hours'"),
        new($"{prefix}OpenRow", async i => Count(await reader.FindAsync(_actor, Open(i), ct)), i => Command($"{Row} and c.id = $3", place.OrganizationId, place.UserId, Open(i))),
        new($"{prefix}OpenMessages", async i => Count(await reader.MessagesAsync(_actor, Open(i), null, null, PageSize, ct)),
            i => Command($"{Line} and m.conversation_id = $2 order by m.position desc, m.seq desc limit {PageSize}", place.OrganizationId, Open(i))),
        new($"{prefix}Counts", async _ => (await reader.CountsAsync(_actor, ct)).All, _ => Counts()),
        Search("SearchRare", place.Rare),
        Search("SearchCommon", place.Common),
        Search("SearchTwo", place.Pairs),
        Search("SearchPhrase", place.Phrases),
    ];

    private ScaleCase List(string name, ConversationQuery query, string where, string order = "desc", Guid? more = null) => new(
        prefix + name,
        async _ => Count(await reader.ListAsync(_actor, query with { Limit = PageSize }, ct)),
        _ => Command($"{Row} and {where} order by c.last_activity_at {order}, c.id {order} limit {PageSize}", [place.OrganizationId, place.UserId, .. more is { } id ? new object[] { id } : []]));

    private ScaleCase Deep() => new(
        $"{prefix}ListDeep",
        async _ => Count(await reader.ListAsync(_actor, new ConversationQuery { Limit = PageSize, Cursor = Cursor.Write(place.DeepAt, place.DeepId) }, ct)),
        _ => Command($"{Row} and c.status = 'open' and (c.last_activity_at, c.id) < ($3, $4) order by c.last_activity_at desc, c.id desc limit {PageSize}", place.OrganizationId, place.UserId, place.DeepAt, place.DeepId));

    private ScaleCase Search(string name, IReadOnlyList<string> words) => new(
        prefix + name,
        async i => Count(await reader.SearchAsync(_actor, words[i % words.Count], null, PageSize, ct)),
        // As the owner: behind the walls no search could use its index.
        i => Command(
            $"select * from ({Line.Replace("where", "where m.deleted_at is null and", StringComparison.Ordinal)} and omni_words(m.text) @@ websearch_to_tsquery('simple', omni_plain('{words[i % words.Count]}')) order by m.position desc, m.id desc limit {PageSize}) x",
            place.OrganizationId),
        IsWalled: false);

    private NpgsqlBatchCommand Counts()
    {
        static string Most100(string where) => $"(select count(*) from (select 1 from conversations c where c.organization_id = $1 and {where} order by c.last_activity_at desc limit 100) x)";
        return Command($"""
            select {Most100("c.assignee_id = $2 and c.status = 'open'")}, {Most100("c.assignee_id is null and c.status = 'open'")}, {Most100("c.status = 'open'")},
              {Most100("c.status = 'open' and c.waiting_since is not null")}, {Most100("c.status = 'open' and c.window_until > now() and c.window_until <= now() + interval '4 hours'")},
              {Most100("c.status = 'snoozed'")},
              (select count(*) from (select 1 from conversations c left join read_pointers p on p.organization_id = c.organization_id and p.user_id = $2 and p.conversation_id = c.id
                 where c.organization_id = $1 and c.assignee_id = $2 and c.status = 'open' and c.last_unread_seq > coalesce(p.last_read_seq, 0) order by c.last_activity_at desc limit 100) x),
              (select json_agg(json_build_array(ch.id, {Most100("c.channel_id = ch.id and c.status = 'open'")})) from channels ch where ch.organization_id = $1),
              (select json_agg(json_build_array(l.id, (select count(*) from (select 1 from conversation_labels cl join conversations c on c.organization_id = cl.organization_id and c.id = cl.conversation_id
                 where cl.organization_id = $1 and cl.label_id = l.id and c.status = 'open' limit 100) x))) from labels l where l.organization_id = $1)
            """, place.OrganizationId, place.UserId);
    }

    private Guid Open(int i) => place.Conversations[i % place.Conversations.Count];

    private static int Count<T>(Result<Page<T>> result) => result.Succeeded(out var page, out var refusal) ? page.Rows.Count : throw new InvalidOperationException(refusal.Message);

    private static int Count(Result<ConversationItem> result) => result.Refusal is null ? 1 : 0;

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}

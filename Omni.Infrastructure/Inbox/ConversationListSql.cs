using System.Text;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Inbox;

/// <summary>Builds the list query. The page is found first, per state by an index in list order, and only its rows are joined with what they show.</summary>
internal sealed class ConversationListSql
{
    private readonly NpgsqlBatchCommand _command = new();

    internal ConversationListSql(Actor actor, ConversationQuery query, int limit, DateTimeOffset now, TimeSpan closingSoon)
    {
        var organization = Add(actor.OrganizationId);
        var user = Add(actor.UserId);
        var (compare, order) = query.OldestFirst ? (">", "asc") : ("<", "desc");
        var where = new StringBuilder($"c.organization_id = {organization}");

        switch (query.Assignee.Kind)
        {
            case AssigneeKind.Nobody:
                where.Append(" and c.assignee_id is null");
                break;
            case AssigneeKind.Person:
                where.Append($" and c.assignee_id = {Add(query.Assignee.UserId)}");
                break;
        }

        if (query.ChannelId is { } channel)
        {
            where.Append($" and c.channel_id = {Add(channel)}");
        }

        if (query.ContactId is { } contact)
        {
            where.Append($" and c.contact_id = {Add(contact)}");
        }

        if (query.LabelId is { } label)
        {
            where.Append($" and exists (select 1 from conversation_labels cl where cl.organization_id = {organization} and cl.label_id = {Add(label)} and cl.conversation_id = c.id)");
        }

        if (query.WaitingOnly)
        {
            where.Append(" and c.waiting_since is not null");
        }

        if (query.WindowClosing)
        {
            where.Append($" and {ConversationRowSql.Closing(Add(now), Add(now + closingSoon))}");
        }

        if (query.UnreadOnly)
        {
            where.Append($" and c.last_unread_seq > coalesce((select p.last_read_seq from read_pointers p where p.organization_id = {organization} and p.user_id = {user} and p.conversation_id = c.id), 0)");
        }

        CursorIsOurs = true;
        if (query.Cursor is { } cursor)
        {
            CursorIsOurs = Cursor.TryRead(cursor, out DateTimeOffset at, out Guid id);
            where.Append($" and (c.last_activity_at, c.id) {compare} ({Add(at)}, {Add(id)})");
        }

        var most = Add(limit + 1);
        var sort = $"c.last_activity_at {order}, c.id {order}";
        var statuses = query.Statuses.Count > 0 ? query.Statuses : [.. Enum.GetValues<ConversationStatus>().Where(s => s != ConversationStatus.Spam)];
        var states = Add(statuses.Select(Names.Of).ToArray());
        var page = string.IsNullOrWhiteSpace(query.Search)
            ? $"""
               select c.* from unnest({states}::text[]) s (status)
               cross join lateral (select c.* from conversations c where {where} and c.status = s.status order by {sort} limit {most}) c
               order by {sort} limit {most}
               """
            : $"""
               select c.* from (
                 select conversation_id from omni_search_messages({Add(query.Search.Replace("\0", "", StringComparison.Ordinal))}, {long.MaxValue}, '{Guid.AllBitsSet}', 400)
                 union
                 select f.id from omni_search_contacts({Last}, 100) p
                   cross join lateral (select f.id from conversations f where f.organization_id = {organization} and f.contact_id = p.id order by f.last_activity_at desc limit 20) f) s
               cross join lateral (select c.* from conversations c where c.organization_id = {organization} and c.id = s.conversation_id offset 0) c -- at most 2,400 look-ups, never the whole table
               where {where} and c.status = any ({states}) order by {sort} limit {most}
               """;
        _command.CommandText = $"select {ConversationRowSql.Columns}, {ConversationRowSql.OwnColumns} from ({page}) c {ConversationRowSql.Joins} {ConversationRowSql.OwnJoins(user)} order by {sort}";
    }

    /// <summary>False when the query's cursor is not one this list wrote.</summary>
    internal bool CursorIsOurs { get; }

    internal NpgsqlBatchCommand Command => _command;

    private string Last => $"${_command.Parameters.Count}";

    private string Add(object value)
    {
        _command.Parameters.Add(new NpgsqlParameter { Value = value });
        return Last;
    }
}

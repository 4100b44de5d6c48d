using System.Text.Json;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Inbox;

/// <summary>The columns of a conversation row and how they are read, shared by every query that shows conversations.</summary>
internal static class ConversationRowSql
{
    internal const string Columns = """
        c.id, c.channel_id, ch.kind, ch.name, ch.status, c.contact_id, ct.name, ct.avatar_url, c.status, c.priority, c.subject, c.thread_key,
        c.assignee_id, u.display_name, c.team_id, c.last_seq, c.last_unread_seq, c.last_message_id, c.last_message_direction, c.last_message_preview,
        c.last_message_status, c.last_activity_at, c.last_inbound_at, c.waiting_since, c.window_until, c.snoozed_until, c.version, c.created_at, ch.sandbox,
        (select json_agg(json_build_array(l.id, l.name, l.hue) order by l.name) from conversation_labels cl
           join labels l on l.organization_id = cl.organization_id and l.id = cl.label_id
           where cl.organization_id = c.organization_id and cl.conversation_id = c.id)
        """;

    internal const string Joins = """
        join channels ch on ch.organization_id = c.organization_id and ch.id = c.channel_id
        join contacts ct on ct.organization_id = c.organization_id and ct.id = c.contact_id
        left join users u on u.id = c.assignee_id
        """;

    internal const string OwnColumns = "coalesce(rp.last_read_seq, 0), d.text";

    // Column numbers of OwnColumns after Columns.
    private const int ReadSeq = 30, DraftText = 31;

    /// <summary>Platforms with a reply window; only these show one.</summary>
    private static readonly HashSet<ChannelKind> Windowed = [ChannelKind.WhatsApp, ChannelKind.Messenger, ChannelKind.Instagram, ChannelKind.TikTok];

    /// <summary>Joins of the reader's own marks.</summary>
    /// <param name="user">The parameter that holds the reader's id.</param>
    internal static string OwnJoins(string user) => $"""
        left join read_pointers rp on rp.organization_id = c.organization_id and rp.user_id = {user} and rp.conversation_id = c.id
        left join drafts d on d.organization_id = c.organization_id and d.user_id = {user} and d.conversation_id = c.id and d.mode = 'reply'
        """;

    /// <summary>The condition of a reply window that is open now and closes until a time.</summary>
    /// <param name="now">The parameter that holds the present.</param>
    /// <param name="until">The parameter that holds the time.</param>
    internal static string Closing(string now, string until) => $"c.window_until > {now} and c.window_until <= {until} and {Lately(now)}";

    /// <summary>The condition that a window may be open: none is longer than a week after the customer wrote, and the list's index goes by activity.</summary>
    /// <param name="now">The parameter that holds the present.</param>
    internal static string Lately(string now) => $"c.last_activity_at > {now} - interval '8 days'";

    internal static ConversationItem ReadItem(NpgsqlDataReader reader, Guid organizationId) => new(
        Read(reader, organizationId),
        reader.GetInt32(ReadSeq),
        reader.IsDBNull(DraftText) ? null : Preview.Of("text", reader.GetString(DraftText)));

    internal static ConversationRow Read(NpgsqlDataReader reader, Guid organizationId)
    {
        var kind = Names.Parse<ChannelKind>(reader.GetString(2));
        return new ConversationRow
        {
            Id = reader.GetGuid(0),
            OrganizationId = organizationId,
            ChannelId = reader.GetGuid(1),
            Kind = kind,
            ChannelName = reader.GetString(3),
            ChannelStatus = Names.Parse<ChannelStatus>(reader.GetString(4)),
            ContactId = reader.GetGuid(5),
            ContactName = reader.GetString(6),
            ContactAvatarUrl = reader.Text(7),
            Status = Names.Parse<ConversationStatus>(reader.GetString(8)),
            Priority = Names.Parse<ConversationPriority>(reader.GetString(9)),
            Subject = reader.Text(10),
            ThreadKey = reader.GetString(11),
            AssigneeId = reader.Id(12),
            AssigneeName = reader.Text(13),
            TeamId = reader.Id(14),
            LastSeq = reader.GetInt32(15),
            LastUnreadSeq = reader.GetInt32(16),
            LastMessageId = reader.Id(17),
            LastMessageDirection = reader.Name<MessageDirection>(18),
            LastMessagePreview = reader.GetString(19),
            LastMessageStatus = reader.Name<MessageStatus>(20),
            LastActivityAt = reader.GetFieldValue<DateTimeOffset>(21),
            LastInboundAt = reader.Time(22),
            WaitingSince = reader.Time(23),
            WindowUntil = reader.Time(24),
            SnoozedUntil = reader.Time(25),
            Version = reader.GetInt64(26),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(27),
            Sandbox = reader.GetBoolean(28),
            Labels = reader.IsDBNull(29) ? [] : Labels(reader.GetString(29)),
            HasWindow = Windowed.Contains(kind),
        };
    }

    private static List<LabelView> Labels(string json)
    {
        using var labels = JsonDocument.Parse(json);
        return [.. labels.RootElement.EnumerateArray().Select(l => new LabelView(l[0].GetGuid(), l[1].GetString()!, l[2].GetInt32()))];
    }
}

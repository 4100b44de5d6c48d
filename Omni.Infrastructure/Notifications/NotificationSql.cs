using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Notifications;

/// <summary>Reads notifications with the names and words of now.</summary>
internal static class NotificationSql
{
    /// <summary>Columns 0–13 of a notification <c>n</c>.</summary>
    internal const string Columns =
        "n.id, n.kind, n.created_at, n.read_at, n.conversation_id, n.message_id, n.channel_id, ct.name, u.display_name, ch.name, ch.kind, m.type, m.text, coalesce(m.error_message, ch.reason)";

    /// <summary>Joins of the columns; what is gone or erased leaves them null.</summary>
    internal const string Joins = """
        left join conversations c on c.organization_id = n.organization_id and c.id = n.conversation_id
        left join contacts ct on ct.organization_id = c.organization_id and ct.id = c.contact_id
        left join messages m on m.organization_id = n.organization_id and m.id = n.message_id
        left join channels ch on ch.organization_id = n.organization_id and ch.id = coalesce(n.channel_id, c.channel_id)
        left join users u on u.id = n.actor_id
        """;

    /// <summary>Reads a row that begins with <see cref="Columns"/>.</summary>
    internal static NotificationView Read(NpgsqlDataReader row)
    {
        var kind = Names.Parse<NotificationKind>(row.GetString(1));
        return new NotificationView(row.GetGuid(0), kind, row.GetFieldValue<DateTimeOffset>(2), row.Time(3))
        {
            ConversationId = row.Id(4),
            MessageId = row.Id(5),
            ChannelId = row.Id(6),
            ContactName = row.Text(7),
            ActorName = row.Text(8),
            ChannelName = row.Text(9),
            ChannelKind = row.Name<ChannelKind>(10),
            Text = kind switch
            {
                NotificationKind.Channel => row.Text(13) ?? "",
                NotificationKind.Failed => row.Text(13) ?? "The platform refused it.",
                NotificationKind.Assigned => "",
                NotificationKind.Test => "Notifications reach you here.",
                _ => row.Text(11) is { } type ? NotificationView.Line(type, row.Text(12)) : "",
            },
        };
    }
}

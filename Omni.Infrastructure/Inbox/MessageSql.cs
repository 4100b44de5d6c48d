using System.Text.Json;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Inbox;

/// <summary>The columns of a message as timelines show it, and how they are read.</summary>
internal static class MessageSql
{
    internal const string Columns = """
        m.id, m.conversation_id, m.seq, m.position, m.direction, m.kind, m.type, m.text, m.payload, m.contact_id, m.author_id, u.display_name, m.source,
        m.external_id, m.client_id, m.reply_to_id, r.type, r.text, m.status, m.error_code, m.error_message, m.error_retryable,
        m.edited_at, m.deleted_at, m.platform_time, m.received_at, m.created_at,
        (select json_agg(json_build_array(a.id, a.type, a.mime, a.name, a.size, a.state, a.reason, a.payload) order by a.index) from attachments a
           where a.organization_id = m.organization_id and a.message_id = m.id),
        (select json_agg(json_build_array(x.reactor, x.emoji) order by x.at) from reactions x
           where x.organization_id = m.organization_id and x.message_id = m.id and x.emoji <> '')
        """;

    internal const string Joins = """
        left join users u on u.id = m.author_id
        left join messages r on r.organization_id = m.organization_id and r.id = m.reply_to_id
        """;

    internal static MessageView Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        ConversationId = reader.GetGuid(1),
        Seq = reader.GetInt32(2),
        Position = reader.GetInt64(3),
        Direction = Names.Parse<MessageDirection>(reader.GetString(4)),
        Kind = Names.Parse<MessageKind>(reader.GetString(5)),
        Type = reader.GetString(6),
        Text = reader.Text(7),
        Payload = reader.IsDBNull(8) ? null : Json(reader.GetString(8)),
        ContactId = reader.Id(9),
        AuthorId = reader.Id(10),
        AuthorName = reader.Text(11),
        Source = Names.Parse<MessageSource>(reader.GetString(12)),
        ExternalId = reader.Text(13),
        ClientId = reader.Id(14),
        ReplyToId = reader.Id(15),
        ReplyToPreview = reader.IsDBNull(16) ? null : Preview.Of(reader.GetString(16), reader.Text(17)),
        Status = Names.Parse<MessageStatus>(reader.GetString(18)),
        ErrorCode = reader.Text(19),
        ErrorMessage = reader.Text(20),
        ErrorRetryable = reader.GetBoolean(21),
        EditedAt = reader.Time(22),
        DeletedAt = reader.Time(23),
        PlatformTime = reader.Time(24),
        ReceivedAt = reader.GetFieldValue<DateTimeOffset>(25),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(26),
        Attachments = reader.IsDBNull(27) ? [] : Attachments(reader.GetString(27)),
        Reactions = reader.IsDBNull(28) ? [] : [.. Json(reader.GetString(28)).EnumerateArray().Select(x => new ReactionView(x[0].GetString()!, x[1].GetString()!))],
    };

    /// <summary>Reads files as <see cref="Columns"/> gives them.</summary>
    internal static AttachmentView[] Attachments(string json) => [.. Json(json).EnumerateArray().Select(Attachment)];

    private static AttachmentView Attachment(JsonElement a) => new(
        a[0].GetGuid(),
        a[1].GetString()!,
        a[2].GetString(),
        a[3].GetString(),
        a[4].ValueKind == JsonValueKind.Null ? null : a[4].GetInt64(),
        Names.Parse<AttachmentState>(a[5].GetString()!),
        a[6].GetString(),
        a[7].ValueKind == JsonValueKind.Null ? null : a[7]);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>What a batch needs to know, read in one round trip: the people, conversations and messages its events name. Conversations are locked in the order of their ids.</summary>
internal sealed class InboundLoaded
{
    internal static readonly JsonSerializerOptions EventJson = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>People by each of their ids on this channel.</summary>
    internal Dictionary<string, PersonState> People { get; } = [];

    internal List<PersonState> NewPeople { get; } = [];

    /// <summary>The conversation that messages of a person and thread go to.</summary>
    internal Dictionary<(Guid Contact, string Thread), ConversationState> OpenConversations { get; } = [];

    internal Dictionary<Guid, ConversationState> Conversations { get; } = [];

    /// <summary>Messages by the platform's id.</summary>
    internal Dictionary<string, MessageState> Messages { get; } = [];

    /// <summary>Messages by our id, for events that carry our reference.</summary>
    internal Dictionary<Guid, MessageState> MessagesById { get; } = [];

    internal List<(Guid Id, string ExternalId, InboundEvent Event, DateTimeOffset ReceivedAt)> Pending { get; } = [];

    internal static async Task<InboundLoaded> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, InboundChannel channel, IReadOnlyList<InboundEvent> events, CancellationToken ct)
    {
        var people = events.SelectMany(e => e.ContactAliases.Append(e.ContactId)
            .Append(e.Extra["previous_user_id"]?.ToString()).Append(e.Extra["new_contact_id"]?.ToString())).OfType<string>().Distinct().ToArray();
        var messages = events.SelectMany(e => new[] { e.ExternalId, e.ReplyTo, InboundBatch.LineId(e) }).OfType<string>().Distinct().ToArray();
        var references = events.Select(e => Guid.TryParse(e.ClientReference, out var id) ? id : (Guid?)null).OfType<Guid>().Distinct().ToArray();
        var made = events.Where(e => e.Kind == InboundKind.Message).Select(e => e.ExternalId).OfType<string>().Distinct().ToArray();

        // Watermarks and echoes without our reference are about messages that they do not name.
        var vague = events.Where(e => e.Kind is InboundKind.Delivery or InboundKind.Read || (e.Kind == InboundKind.Message && e.Direction == MessageDirection.Out && e.ClientReference is null))
            .Select(e => e.ContactId).OfType<string>().Distinct().ToArray();
        var answered = events.Where(e => e.Kind == InboundKind.Message && e.Direction == MessageDirection.Out && e.ContactId is null).Select(e => e.ReplyTo).OfType<string>().Distinct().ToArray();

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Command(
            """
            select i.external_id, i.contact_id, c.name, c.name_is_ours, c.blocked from contact_identities i
            join contacts c on c.organization_id = i.organization_id and c.id = i.contact_id
            where i.organization_id = $1 and i.channel_id = $2 and i.external_id = any ($3)
            """,
            channel.OrganizationId, channel.ChannelId, people));
        batch.BatchCommands.Add(Command(
            """
            select c.id, c.contact_id, c.thread_key, c.status, c.last_seq, c.last_unread_seq, c.last_position, c.last_out_position, c.last_inbound_at,
              c.window_until, c.waiting_since, c.last_activity_at, c.last_message_id, c.last_message_direction, c.last_message_preview, c.last_message_status, c.created_at,
              coalesce((select s.position from messages s where s.organization_id = c.organization_id and s.id = c.last_message_id), c.last_position), c.last_in_position
            from conversations c where c.organization_id = $1 and (c.channel_id = $2) is true and c.id in (
              select o.id from contact_identities i join conversations o on o.organization_id = i.organization_id and o.contact_id = i.contact_id and o.channel_id = i.channel_id
                where i.organization_id = $1 and i.channel_id = $2 and i.external_id = any ($3) and o.status not in ('resolved', 'spam')
              union select o.id from contact_identities i join contacts b on b.organization_id = i.organization_id and b.id = i.contact_id and b.blocked
                join conversations o on o.organization_id = i.organization_id and o.contact_id = i.contact_id and o.channel_id = i.channel_id
                where i.organization_id = $1 and i.channel_id = $2 and i.external_id = any ($3) and o.status = 'spam'
              union select m.conversation_id from messages m where m.organization_id = $1 and m.channel_id = $2 and m.external_id = any ($4)
              union select m.conversation_id from messages m where m.organization_id = $1 and m.id = any ($5)
              union select o.id from contact_identities i join conversations o on o.organization_id = i.organization_id and o.contact_id = i.contact_id and o.channel_id = i.channel_id
                where i.organization_id = $1 and i.channel_id = $2 and i.external_id = any ($6) and o.last_out_position > 0)
            order by c.id for no key update
            """,
            channel.OrganizationId, channel.ChannelId, people, messages, references, vague));
        const string MessageColumns = "select m.id, m.conversation_id, m.direction, m.type, m.text, m.external_id, m.status, m.edited_at, m.deleted_at, m.payload, m.position from messages m where m.organization_id = $1 and ";
        batch.BatchCommands.Add(Command(MessageColumns + "m.channel_id = $2 and m.external_id = any ($3)", channel.OrganizationId, channel.ChannelId, messages));
        batch.BatchCommands.Add(Command(MessageColumns + "(m.channel_id = $2) is true and m.id = any ($3)", channel.OrganizationId, channel.ChannelId, references));
        batch.BatchCommands.Add(Command(
            MessageColumns + """
            m.channel_id = $2 and m.direction = 'out' and m.kind = 'message' and m.status in ('sending', 'unknown', 'sent', 'delivered') and m.conversation_id in (
              select o.id from contact_identities i join conversations o on o.organization_id = i.organization_id and o.contact_id = i.contact_id and o.channel_id = i.channel_id
              where i.organization_id = $1 and i.channel_id = $2 and i.external_id = any ($3)
              union all select a.conversation_id from messages a where a.organization_id = $1 and a.channel_id = $2 and a.external_id = any ($4))
            order by m.position desc limit 500
            """, channel.OrganizationId, channel.ChannelId, vague, answered));
        batch.BatchCommands.Add(Command(
            "select id, external_id, event, received_at from pending_updates where organization_id = $1 and channel_id = $2 and external_id = any ($3) order by id",
            channel.OrganizationId, channel.ChannelId, made));

        var loaded = new InboundLoaded();
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await loaded.ReadPeopleAsync(reader, ct);
        await reader.NextResultAsync(ct);
        await loaded.ReadConversationsAsync(reader, ct);
        await reader.NextResultAsync(ct);
        await loaded.ReadMessagesAsync(reader, channel, ct);
        await reader.NextResultAsync(ct);
        await loaded.ReadMessagesAsync(reader, channel, ct);
        await reader.NextResultAsync(ct);
        await loaded.ReadMessagesAsync(reader, channel, ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var early = JsonSerializer.Deserialize<InboundEvent>(reader.GetString(2), EventJson)!;
            loaded.Pending.Add((reader.GetGuid(0), reader.GetString(1), early, reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return loaded;
    }

    private async Task ReadPeopleAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var byContact = new Dictionary<Guid, PersonState>();
        while (await reader.ReadAsync(ct))
        {
            var contact = reader.GetGuid(1);
            if (!byContact.TryGetValue(contact, out var person))
            {
                byContact[contact] = person = new PersonState
                {
                    ContactId = contact, Name = reader.GetString(2), NameIsOurs = reader.GetBoolean(3), Blocked = reader.GetBoolean(4),
                };
            }

            People[reader.GetString(0)] = person;
        }
    }

    private async Task ReadConversationsAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var blocked = People.Values.Where(p => p.Blocked).Select(p => p.ContactId).ToHashSet();
        while (await reader.ReadAsync(ct))
        {
            var conversation = new ConversationState
            {
                Id = reader.GetGuid(0),
                ContactId = reader.GetGuid(1),
                ThreadKey = reader.GetString(2),
                Status = Names.Parse<ConversationStatus>(reader.GetString(3)),
                LastSeq = reader.GetInt32(4),
                LastUnreadSeq = reader.GetInt32(5),
                LastPosition = reader.GetInt64(6),
                LastOutPosition = reader.GetInt64(7),
                LastInboundAt = reader.Time(8),
                WindowUntil = reader.Time(9),
                WaitingSince = reader.Time(10),
                LastActivityAt = reader.GetFieldValue<DateTimeOffset>(11),
                LastMessageId = reader.Id(12),
                LastMessageDirection = reader.Name<MessageDirection>(13),
                LastMessagePreview = reader.GetString(14),
                LastMessageStatus = reader.Name<MessageStatus>(15),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(16),
                LastMessagePosition = reader.IsDBNull(12) ? long.MinValue : reader.GetInt64(17),
                LastInPosition = reader.GetInt64(18),
            };
            Conversations[conversation.Id] = conversation;

            // Messages of people the team blocked stay in what was marked as spam.
            var takesMessages = conversation.Status is not (ConversationStatus.Resolved or ConversationStatus.Spam)
                || (conversation.Status == ConversationStatus.Spam && blocked.Contains(conversation.ContactId));
            var place = (conversation.ContactId, conversation.ThreadKey);
            if (takesMessages && (conversation.Status != ConversationStatus.Spam || !OpenConversations.ContainsKey(place)))
            {
                OpenConversations[place] = conversation;
            }
        }
    }

    private async Task ReadMessagesAsync(NpgsqlDataReader reader, InboundChannel channel, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
            var state = new MessageState
            {
                Row = new Message
                {
                    Id = reader.GetGuid(0),
                    OrganizationId = channel.OrganizationId,
                    ConversationId = reader.GetGuid(1),
                    ChannelId = channel.ChannelId,
                    Direction = Names.Parse<MessageDirection>(reader.GetString(2)),
                    Type = reader.GetString(3),
                    Text = reader.Text(4),
                    ExternalId = reader.Text(5),
                    Status = Names.Parse<MessageStatus>(reader.GetString(6)),
                    EditedAt = reader.Time(7),
                    DeletedAt = reader.Time(8),
                    Payload = reader.Text(9),
                    Position = reader.GetInt64(10),
                },
            };
            state = MessagesById.TryAdd(state.Row.Id, state) ? state : MessagesById[state.Row.Id];
            if (state.Row.ExternalId is { } external)
            {
                Messages[external] = state;
            }
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}

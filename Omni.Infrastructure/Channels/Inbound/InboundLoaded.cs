using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>What a batch needs to know, read in one round trip from a savepoint, as the organization: the people, conversations and messages its events name. Conversations are locked in the order of their ids.</summary>
internal sealed class InboundLoaded
{
    /// <summary>The savepoint that a reading begins with.</summary>
    internal const string Untouched = "untouched";

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
        NpgsqlConnection connection, NpgsqlTransaction transaction, InboundChannel channel, IReadOnlyList<InboundWork> items, CancellationToken ct)
    {
        var events = items.Select(i => i.Event).ToList();
        var people = events.SelectMany(e => e.ContactAliases.Append(e.ContactId)
            .Append(e.Extra["previous_user_id"]?.ToString()).Append(e.Extra["new_contact_id"]?.ToString())).OfType<string>().Distinct().ToArray();
        var messages = events.SelectMany(e => new[] { e.ExternalId, e.ReplyTo, InboundBatch.LineId(e) }).OfType<string>().Distinct().ToArray();
        var references = events.Select(e => Guid.TryParse(e.ClientReference, out var id) ? id : (Guid?)null).OfType<Guid>().Distinct().ToArray();
        var made = events.Where(e => e.Kind == InboundKind.Message).Select(e => e.ExternalId).OfType<string>().Distinct().ToArray();

        // Watermarks and echoes without our reference are about messages that they do not name.
        var vague = events.Where(e => e.Kind is InboundKind.Delivery or InboundKind.Read || (e.Kind == InboundKind.Message && e.Direction == MessageDirection.Out && e.ClientReference is null))
            .Select(e => e.ContactId).OfType<string>().Distinct().ToArray();
        var answered = events.Where(e => e.Kind == InboundKind.Message && e.Direction == MessageDirection.Out && e.ContactId is null).Select(e => e.ReplyTo).OfType<string>().Distinct().ToArray();

        // A conversation whose place has not passed this one shows nothing later: its last message need not be looked at.
        var earliest = items.Where(i => i.Event.Kind is InboundKind.Message or InboundKind.Postback)
            .Select(i => Math.Min(i.Event.Timestamp?.ToUnixTimeMilliseconds() ?? 0, i.ReceivedAt.ToUnixTimeMilliseconds())).DefaultIfEmpty(0).Min();

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Walls.As(channel.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"savepoint {Untouched}"));
        batch.BatchCommands.Add(Command(
            $"""
            select i.external_id, i.contact_id, c.name, c.name_is_ours, c.blocked, c.last_seen_at from {IdentitiesOf("$3")}
            cross join lateral (select * from contacts c where c.organization_id = $1 and c.id = i.contact_id offset 0) c
            """,
            channel.OrganizationId, channel.ChannelId, people));
        batch.BatchCommands.Add(Command($"""
            with people as materialized (select distinct i.contact_id from {IdentitiesOf("$3")}),
            named as materialized (
              select o.id from people p cross join lateral (select o.id, o.status from conversations o where {OnChannel} and o.contact_id = p.contact_id offset 0) o
                where o.status not in ('resolved', 'spam')
                  or (o.status = 'spam' and exists (select 1 from contacts b where b.organization_id = $1 and b.id = p.contact_id and b.blocked))
              union select m.conversation_id from {MessagesOf("$4")}
              union select m.conversation_id from unnest($5) x (id) cross join lateral (select m.conversation_id from messages m where m.organization_id = $1 and m.id = x.id offset 0) m
              union select o.id from {ConversationsOf("$6")} where o.last_out_position > 0)
            select c.id, c.contact_id, c.thread_key, c.status, c.last_seq, c.last_unread_seq, c.last_position, c.last_out_position, c.last_inbound_at,
              c.window_until, c.waiting_since, c.last_activity_at, c.last_message_id, c.last_message_direction, c.last_message_preview, c.last_message_status, c.created_at,
              case when c.last_position > $7 then coalesce((select s.position from messages s where s.organization_id = $1 and s.id = c.last_message_id), c.last_position)
                else c.last_position end,
              c.last_in_position
            from conversations c where c.organization_id = $1 and c.id = any (array(select n.id from named n)) and (c.channel_id = $2) is true
            order by c.id for no key update
            """,
            channel.OrganizationId, channel.ChannelId, people, messages, references, vague, earliest));
        const string MessageColumns = "select m.id, m.conversation_id, m.direction, m.type, m.text, m.external_id, m.status, m.edited_at, m.deleted_at, m.payload, m.position from ";
        batch.BatchCommands.Add(Command(
            MessageColumns + MessagesOf("$3"),
            channel.OrganizationId, channel.ChannelId, messages));
        batch.BatchCommands.Add(Command(
            MessageColumns + "unnest($3) x (id) cross join lateral (select * from messages m where m.organization_id = $1 and m.id = x.id and (m.channel_id = $2) is true offset 0) m",
            channel.OrganizationId, channel.ChannelId, references));
        batch.BatchCommands.Add(Command(
            MessageColumns + $"""
            (select o.id from {ConversationsOf("$3")} where o.last_out_position > 0 union select m.conversation_id from {MessagesOf("$4")}) v
            cross join lateral (select * from messages m where m.organization_id = $1 and m.conversation_id = v.id order by m.position desc, m.seq desc limit 500) m
            where m.direction = 'out' and m.kind = 'message' and m.status in ('sending', 'unknown', 'sent', 'delivered')
            order by m.position desc limit 500
            """, channel.OrganizationId, channel.ChannelId, vague, answered));
        batch.BatchCommands.Add(Command(
            """
            select p.id, p.external_id, p.event, p.received_at from unnest($3) x (id)
            cross join lateral (select * from pending_updates p where p.organization_id = $1 and p.channel_id = $2 and p.external_id = x.id offset 0) p order by p.id
            """,
            channel.OrganizationId, channel.ChannelId, made));

        var loaded = new InboundLoaded();
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct); // what the settings answered
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
                    WasSeenAt = reader.Time(5),
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

    // One look-up per id along one index, in this order: "offset 0" keeps the planner from beginning with the table, which seems the
    // same to it while the table is small. The channel of a conversation is no key, so that the person's index is the only one.
    private const string OnChannel = "o.organization_id = $1 and (o.channel_id = $2) is true";

    private static string IdentitiesOf(string ids) =>
        $"unnest({ids}) x (id) cross join lateral (select * from contact_identities i where i.organization_id = $1 and i.channel_id = $2 and i.external_id = x.id offset 0) i";

    private static string ConversationsOf(string ids) =>
        $"{IdentitiesOf(ids)} cross join lateral (select o.id, o.last_out_position from conversations o where {OnChannel} and o.contact_id = i.contact_id offset 0) o";

    private static string MessagesOf(string ids) =>
        $"unnest({ids}) x (id) cross join lateral (select * from messages m where m.organization_id = $1 and m.channel_id = $2 and m.external_id = x.id offset 0) m";

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

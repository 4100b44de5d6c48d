using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>Writes what a batch changed: one statement per table, all in one round trip.</summary>
internal static class InboundWrites
{
    internal static async Task<List<ChangeEvent>> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, InboundChannel channel, InboundBatch done, DateTimeOffset now, CancellationToken ct)
    {
        var (loaded, changes) = (done.Loaded, done.Changes);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var sql = new ColumnBatch(batch, channel.OrganizationId);

        sql.Add(loaded.NewPeople, """
            insert into contacts (organization_id, id, name, name_is_ours, attributes, blocked, last_seen_at, created_at, version)
            select $1, x.id, x.name, false, case when x.preference is null then '{}' else jsonb_build_object('marketing', x.preference) end, false, x.seen, x.created, 0
            from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[]) x (id, name, seen, created, preference)
            """, p => p.ContactId, p => p.Name, p => p.SeenAt, _ => now, p => p.Preference);
        sql.Add([.. loaded.People.Values.Distinct().Where(p => !p.IsNew && (p.NameChanged || p.SeenAt is not null || p.Preference is not null)).OrderBy(p => p.ContactId)], """
            update contacts c set name = case when c.name_is_ours then c.name else x.name end, last_seen_at = greatest(c.last_seen_at, x.seen),
              attributes = case when x.preference is null then c.attributes else c.attributes || jsonb_build_object('marketing', x.preference) end
            from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) x (id, name, seen, preference) where c.organization_id = $1 and c.id = x.id
            """, p => p.ContactId, p => p.Name, p => p.SeenAt, p => p.Preference);
        sql.Add(changes.Identities, $"""
            insert into contact_identities (organization_id, id, contact_id, channel_id, external_id, username, "primary")
            select $1, x.id, x.contact, '{channel.ChannelId}', x.external, x.username, x.main
            from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::boolean[]) x (id, contact, external, username, main)
            """, i => i.Id, i => i.ContactId, i => i.ExternalId, i => i.Username, i => i.Primary);
        sql.Add(changes.Promoted, $"""
            update contact_identities c set "primary" = (c.external_id = x.external) from unnest($2::uuid[], $3::text[]) x (contact, external)
            where c.organization_id = $1 and c.channel_id = '{channel.ChannelId}' and c.contact_id = x.contact and c."primary" <> (c.external_id = x.external)
            """, p => p.ContactId, p => p.ExternalId);

        var conversations = loaded.Conversations.Values.Where(c => c.Changed).OrderBy(c => c.Id).ToList();
        sql.Add(conversations.FindAll(c => c.IsNew), $"""
            insert into conversations (organization_id, id, channel_id, contact_id, thread_key, status, priority, last_seq, last_unread_seq, last_position, last_out_position,
              last_inbound_at, window_until, waiting_since, last_activity_at, last_message_id, last_message_direction, last_message_preview, last_message_status, created_at, version)
            select $1, x.id, '{channel.ChannelId}', x.contact, x.thread, x.status, 'none', x.seq, x.unread, x.pos, x.out_pos, x.inbound, x.win, x.waiting, x.activity, x.msg, x.dir, x.preview, x.msg_status, x.created, 1
            from unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[],
              $12::uuid[], $13::text[], $14::text[], $15::text[], $16::uuid[], $17::text[], $18::timestamptz[])
              x (id, status, seq, unread, pos, out_pos, inbound, win, waiting, activity, msg, dir, preview, msg_status, contact, thread, created)
            """, [.. ConversationColumns, c => c.ContactId, c => c.ThreadKey, c => c.CreatedAt]);
        sql.Add(conversations.FindAll(c => !c.IsNew), """
            update conversations c set status = x.status, last_seq = x.seq, last_unread_seq = x.unread, last_position = x.pos, last_out_position = x.out_pos,
              last_inbound_at = x.inbound, window_until = x.win, waiting_since = x.waiting, last_activity_at = x.activity, last_message_id = x.msg,
              last_message_direction = x.dir, last_message_preview = x.preview, last_message_status = x.msg_status,
              snoozed_until = case when x.status = 'snoozed' then c.snoozed_until end, version = c.version + x.raised
            from unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[],
              $12::uuid[], $13::text[], $14::text[], $15::text[], $16::int[])
              x (id, status, seq, unread, pos, out_pos, inbound, win, waiting, activity, msg, dir, preview, msg_status, raised)
            where c.organization_id = $1 and c.id = x.id
            """, [.. ConversationColumns, c => c.Raised ? 1 : 0]);

        sql.Add([.. loaded.Messages.Values.Where(m => m.IsNew).Select(m => m.Row).Distinct().Concat(changes.Lines).OrderBy(m => m.Id)], $"""
            insert into messages (organization_id, id, conversation_id, channel_id, seq, position, direction, kind, type, text, payload, contact_id, source, external_id,
              reply_to_id, reply_to_external_id, status, error_code, error_message, error_retryable, edited_at, deleted_at, platform_time, received_at, created_at)
            select $1, x.id, x.conversation, '{channel.ChannelId}', x.seq, x.pos, x.dir, x.kind, x.type, x.text, x.payload::jsonb, x.contact, 'platform', x.external,
              x.reply, x.reply_external, x.status, x.code, x.error, x.retryable, x.edited, x.deleted, x.platform, x.received, x.created
            from unnest($2::uuid[], $3::uuid[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::text[], $13::uuid[],
              $14::text[], $15::text[], $16::text[], $17::text[], $18::boolean[], $19::timestamptz[], $20::timestamptz[], $21::timestamptz[], $22::timestamptz[], $23::timestamptz[])
              x (id, conversation, seq, pos, dir, kind, type, text, payload, contact, external, reply, reply_external, status, code, error, retryable, edited, deleted, platform, received, created)
            """,
            m => m.Id, m => m.ConversationId, m => m.Seq, m => m.Position, m => Names.Of(m.Direction), m => Names.Of(m.Kind), m => m.Type, m => m.Text, m => m.Payload,
            m => m.ContactId, m => m.ExternalId, m => m.ReplyToId, m => m.ReplyToExternalId, m => Names.Of(m.Status), m => m.ErrorCode, m => m.ErrorMessage,
            m => m.ErrorRetryable, m => m.EditedAt, m => m.DeletedAt, m => m.PlatformTime, m => m.ReceivedAt, m => m.CreatedAt);
        sql.Add([.. loaded.MessagesById.Values.Where(m => m.Changed && !m.IsNew).Select(m => m.Row).OrderBy(m => m.Id)], """
            update messages m set text = x.text, payload = x.payload::jsonb, external_id = x.external, status = x.status, error_code = x.code, error_message = x.error,
              error_retryable = x.retryable, edited_at = x.edited, deleted_at = x.deleted
            from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::timestamptz[], $11::timestamptz[])
              x (id, text, payload, external, status, code, error, retryable, edited, deleted)
            where m.organization_id = $1 and m.id = x.id
            """,
            m => m.Id, m => m.Text, m => m.Payload, m => m.ExternalId, m => Names.Of(m.Status), m => m.ErrorCode, m => m.ErrorMessage, m => m.ErrorRetryable, m => m.EditedAt, m => m.DeletedAt);

        sql.Add(changes.Attachments, """
            insert into attachments (organization_id, id, message_id, index, type, mime, name, state, external_id, source_url, payload, size, blob_key, attempts, next_at, created_at)
            select $1, x.id, x.message, x.place, x.type, x.mime, x.name, x.state, x.external, x.url, x.payload::jsonb, x.size, x.key, 0, x.at, x.at
            from unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::timestamptz[])
              x (id, message, place, type, mime, name, state, external, url, payload, size, key, at)
            """,
            a => a.Id, a => a.MessageId, a => a.Index, a => a.Type, a => a.Mime, a => a.Name, a => Names.Of(a.State), a => a.ExternalId, a => a.SourceUrl, a => a.Payload,
            a => a.Size, a => a.BlobKey, a => a.CreatedAt);
        sql.Add(changes.Withdrawn, """
            update attachments set state = 'refused', reason = 'The sender took it back.', blob_key = null, source_url = null where organization_id = $1 and message_id = any ($2::uuid[])
            """, id => id);
        // One that was taken back stays as an empty one, so that a repeat of its setting does not bring it back.
        sql.Add(changes.Reactions, """
            insert into reactions as r (organization_id, message_id, reactor, emoji, at)
            select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
            on conflict (organization_id, message_id, reactor) do update set emoji = excluded.emoji, at = excluded.at where r.at <= excluded.at
            """, r => r.MessageId, r => r.Reactor, r => r.Emoji, r => r.At);
        sql.Add(changes.Pending, $"""
            insert into pending_updates (organization_id, id, channel_id, external_id, event, received_at)
            select $1, x.id, '{channel.ChannelId}', x.external, x.event::jsonb, x.at from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) x (id, external, event, at)
            """, p => p.Id, p => p.ExternalId, p => p.Event, p => p.ReceivedAt);
        sql.Add(changes.AppliedPending, "delete from pending_updates where organization_id = $1 and id = any ($2::uuid[])", id => id);

        // A status proves that the message left: whoever still waits to learn that is done.
        sql.Add(changes.Settled, "delete from outbox where organization_id = $1 and message_id = any ($2::uuid[])", s => s.MessageId);
        sql.Add(changes.Settled, OutboxSql.PromoteHeads("select conversation_id from messages where organization_id = $1 and id = any ($2::uuid[])"), s => s.MessageId);
        sql.Add(changes.Settled, $"""
            update message_attempts a set finished_at = '{now:O}', outcome = x.outcome from unnest($2::uuid[], $3::text[]) x (message, outcome)
            where a.organization_id = $1 and a.message_id = x.message and (a.finished_at is null or a.outcome = 'unknown')
            """, s => s.MessageId, s => s.Outcome);

        var hours = loaded.Messages.Values.Where(m => m.IsNew && m.Row.Direction == MessageDirection.In).Select(m => m.Row).Distinct()
            .GroupBy(m => new DateTimeOffset(m.ReceivedAt.Year, m.ReceivedAt.Month, m.ReceivedAt.Day, m.ReceivedAt.Hour, 0, 0, TimeSpan.Zero)).OrderBy(h => h.Key).ToList();
        sql.Add(hours, $"""
            insert into channel_hours as h (organization_id, channel_id, hour, received)
            select $1, '{channel.ChannelId}', x.hour, x.received from unnest($2::timestamptz[], $3::int[]) x (hour, received)
            on conflict (organization_id, channel_id, hour) do update set received = h.received + excluded.received
            """, h => h.Key, h => h.Count());

        var events = changes.ToEvents(channel.OrganizationId, now);
        sql.Add(events, """
            insert into change_events (id, organization_id, subject, name, data, at)
            select x.id, $1, x.subject, x.name, x.data::jsonb, x.at from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) x (id, subject, name, data, at)
            """, e => e.Id, e => e.Subject, e => e.Name, e => e.Data.ToJsonString(), e => e.At);
        if (changes.SawMessage || changes.ChannelReason is not null)
        {
            sql.Add([changes.ChannelReason], $"""
                update channels set last_inbound_at = greatest(last_inbound_at, $3),
                  status = case when ($2::text[])[1] is not null and status = 'connected' then 'degraded' else status end, reason = coalesce(($2::text[])[1], reason)
                where organization_id = $1 and id = '{channel.ChannelId}'
                """, reason => reason);
            batch.BatchCommands[^1].Parameters.Add(new NpgsqlParameter { Value = now });
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }

        return events;
    }

    private static readonly Func<ConversationState, object?>[] ConversationColumns =
    [
        c => c.Id, c => Names.Of(c.Status), c => c.LastSeq, c => c.LastUnreadSeq, c => c.LastPosition, c => c.LastOutPosition, c => c.LastInboundAt, c => c.WindowUntil,
        c => c.WaitingSince, c => c.LastActivityAt, c => c.LastMessageId, c => c.LastMessageDirection is { } d ? Names.Of(d) : null, c => c.LastMessagePreview,
        c => c.LastMessageStatus is { } s ? Names.Of(s) : null,
    ];

    /// <summary>Adds statements whose parameters are whole columns: $1 the organization, then one array per column.</summary>
    private sealed class ColumnBatch(NpgsqlBatch batch, Guid organizationId)
    {
        internal void Add<T>(List<T> rows, string sql, params ReadOnlySpan<Func<T, object?>> columns)
        {
            if (rows.Count == 0)
            {
                return;
            }

            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new NpgsqlParameter { Value = organizationId });
            foreach (var column in columns)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = Typed([.. rows.Select(column)]) });
            }

            batch.BatchCommands.Add(command);
        }

        /// <summary>An array of the values' own type, which the driver needs; all-null columns are sent as text and cast by the statement.</summary>
        private static Array Typed(object?[] values)
        {
            var type = values.FirstOrDefault(v => v is not null)?.GetType() ?? typeof(string);
            var array = Array.CreateInstance(type.IsValueType ? typeof(Nullable<>).MakeGenericType(type) : type, values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                array.SetValue(values[i], i);
            }

            return array;
        }
    }
}

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
            """).With(p => p.ContactId).With(p => p.Name).With(p => p.SeenAt).With(_ => now).With(p => p.Preference);
        sql.Add([.. loaded.People.Values.Distinct().Where(p => !p.IsNew && (p.NameChanged || p.IsSeenLater || p.Preference is not null)).OrderBy(p => p.ContactId)], """
            update contacts c set name = case when c.name_is_ours then c.name else x.name end, last_seen_at = greatest(c.last_seen_at, x.seen),
              attributes = case when x.preference is null then c.attributes else c.attributes || jsonb_build_object('marketing', x.preference) end
            from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) x (id, name, seen, preference) where c.organization_id = $1 and c.id = x.id
            """).With(p => p.ContactId).With(p => p.Name).With(p => p.SeenAt).With(p => p.Preference);
        sql.Add(changes.Identities, """
            insert into contact_identities (organization_id, id, contact_id, channel_id, external_id, username, "primary")
            select $1, x.id, x.contact, $7, x.external, x.username, x.main
            from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::boolean[]) x (id, contact, external, username, main)
            """).With(i => i.Id).With(i => i.ContactId).With(i => i.ExternalId).With(i => i.Username).With(i => i.Primary).WithOne(channel.ChannelId);
        sql.Add(changes.Promoted, """
            update contact_identities c set "primary" = (c.external_id = x.external) from unnest($2::uuid[], $3::text[]) x (contact, external)
            where c.organization_id = $1 and c.channel_id = $4 and c.contact_id = x.contact and c."primary" <> (c.external_id = x.external)
            """).With(p => p.ContactId).With(p => p.ExternalId).WithOne(channel.ChannelId);

        var conversations = loaded.Conversations.Values.Where(c => c.Changed).OrderBy(c => c.Id).ToList();
        sql.Add(conversations.FindAll(c => c.IsNew), """
            insert into conversations (organization_id, id, channel_id, contact_id, thread_key, status, priority, last_seq, last_unread_seq, last_position, last_out_position, last_in_position,
              last_inbound_at, window_until, waiting_since, last_activity_at, last_message_id, last_message_direction, last_message_preview, last_message_status, created_at, version)
            select $1, x.id, $20, x.contact, x.thread, x.status, 'none', x.seq, x.unread, x.pos, x.out_pos, x.in_pos, x.inbound, x.win, x.waiting, x.activity, x.msg, x.dir, x.preview, x.msg_status, x.created, 1
            from unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::bigint[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
              $13::uuid[], $14::text[], $15::text[], $16::text[], $17::uuid[], $18::text[], $19::timestamptz[])
              x (id, status, seq, unread, pos, out_pos, in_pos, inbound, win, waiting, activity, msg, dir, preview, msg_status, contact, thread, created)
            """).WithShape().With(c => c.ContactId).With(c => c.ThreadKey).With(c => c.CreatedAt).WithOne(channel.ChannelId);
        sql.Add(conversations.FindAll(c => !c.IsNew), """
            update conversations c set status = x.status, last_seq = x.seq, last_unread_seq = x.unread, last_position = x.pos, last_out_position = x.out_pos, last_in_position = x.in_pos,
              last_inbound_at = x.inbound, window_until = x.win, waiting_since = x.waiting, last_activity_at = x.activity, last_message_id = x.msg,
              last_message_direction = x.dir, last_message_preview = x.preview, last_message_status = x.msg_status,
              snoozed_until = case when x.status = 'snoozed' then c.snoozed_until end, version = c.version + x.raised
            from unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::bigint[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
              $13::uuid[], $14::text[], $15::text[], $16::text[], $17::int[])
              x (id, status, seq, unread, pos, out_pos, in_pos, inbound, win, waiting, activity, msg, dir, preview, msg_status, raised)
            where c.organization_id = $1 and c.id = x.id
            """).WithShape().With(c => c.Raised ? 1 : 0);

        sql.Add([.. loaded.Messages.Values.Where(m => m.IsNew).Select(m => m.Row).Distinct().Concat(changes.Lines).OrderBy(m => m.Id)], """
            insert into messages (organization_id, id, conversation_id, channel_id, seq, position, direction, kind, type, text, payload, contact_id, source, external_id,
              reply_to_id, reply_to_external_id, status, error_code, error_message, error_retryable, edited_at, deleted_at, platform_time, received_at, created_at)
            select $1, x.id, x.conversation, $24, x.seq, x.pos, x.dir, x.kind, x.type, x.text, x.payload::jsonb, x.contact, 'platform', x.external,
              x.reply, x.reply_external, x.status, x.code, x.error, x.retryable, x.edited, x.deleted, x.platform, x.received, x.created
            from unnest($2::uuid[], $3::uuid[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::text[], $13::uuid[],
              $14::text[], $15::text[], $16::text[], $17::text[], $18::boolean[], $19::timestamptz[], $20::timestamptz[], $21::timestamptz[], $22::timestamptz[], $23::timestamptz[])
              x (id, conversation, seq, pos, dir, kind, type, text, payload, contact, external, reply, reply_external, status, code, error, retryable, edited, deleted, platform, received, created)
            """)
            .With(m => m.Id).With(m => m.ConversationId).With(m => m.Seq).With(m => m.Position).With(m => Names.Of(m.Direction))
            .With(m => Names.Of(m.Kind)).With(m => m.Type).With(m => m.Text).With(m => m.Payload).With(m => m.ContactId).With(m => m.ExternalId)
            .With(m => m.ReplyToId).With(m => m.ReplyToExternalId).With(m => Names.Of(m.Status)).With(m => m.ErrorCode).With(m => m.ErrorMessage)
            .With(m => m.ErrorRetryable).With(m => m.EditedAt).With(m => m.DeletedAt).With(m => m.PlatformTime).With(m => m.ReceivedAt)
            .With(m => m.CreatedAt).WithOne(channel.ChannelId);
        sql.Add([.. loaded.MessagesById.Values.Where(m => m.Changed && !m.IsNew).Select(m => m.Row).OrderBy(m => m.Id)], """
            update messages m set text = x.text, payload = x.payload::jsonb, external_id = x.external, status = x.status, error_code = x.code, error_message = x.error,
              error_retryable = x.retryable, edited_at = x.edited, deleted_at = x.deleted
            from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::timestamptz[], $11::timestamptz[])
              x (id, text, payload, external, status, code, error, retryable, edited, deleted)
            where m.organization_id = $1 and m.id = x.id
            """)
            .With(m => m.Id).With(m => m.Text).With(m => m.Payload).With(m => m.ExternalId).With(m => Names.Of(m.Status)).With(m => m.ErrorCode)
            .With(m => m.ErrorMessage).With(m => m.ErrorRetryable).With(m => m.EditedAt).With(m => m.DeletedAt);

        sql.Add(changes.Attachments, """
            insert into attachments (organization_id, id, message_id, index, type, mime, name, state, external_id, source_url, payload, size, blob_key, attempts, next_at, created_at)
            select $1, x.id, x.message, x.place, x.type, x.mime, x.name, x.state, x.external, x.url, x.payload::jsonb, x.size, x.key, 0, x.at, x.at
            from unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::timestamptz[])
              x (id, message, place, type, mime, name, state, external, url, payload, size, key, at)
            """)
            .With(a => a.Id).With(a => a.MessageId).With(a => a.Index).With(a => a.Type).With(a => a.Mime).With(a => a.Name)
            .With(a => Names.Of(a.State)).With(a => a.ExternalId).With(a => a.SourceUrl).With(a => a.Payload).With(a => a.Size).With(a => a.BlobKey)
            .With(a => a.CreatedAt);
        sql.Add(changes.Withdrawn, """
            update attachments set state = 'refused', reason = 'The sender took it back.', blob_key = null, source_url = null from unnest($2::uuid[]) x (message) where organization_id = $1 and message_id = x.message
            """).With(id => id);
        // One that was taken back stays as an empty one, so that a repeat of its setting does not bring it back.
        sql.Add(changes.Reactions, """
            insert into reactions as r (organization_id, message_id, reactor, emoji, at)
            select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
            on conflict (organization_id, message_id, reactor) do update set emoji = excluded.emoji, at = excluded.at where r.at <= excluded.at
            """).With(r => r.MessageId).With(r => r.Reactor).With(r => r.Emoji).With(r => r.At);
        sql.Add(changes.Pending, """
            insert into pending_updates (organization_id, id, channel_id, external_id, event, received_at)
            select $1, x.id, $6, x.external, x.event::jsonb, x.at from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) x (id, external, event, at)
            """).With(p => p.Id).With(p => p.ExternalId).With(p => p.Event).With(p => p.ReceivedAt).WithOne(channel.ChannelId);
        sql.Add(changes.AppliedPending, "delete from pending_updates p using unnest($2::uuid[]) x (id) where p.organization_id = $1 and p.id = x.id").With(id => id);

        // A status proves that the message left: whoever still waits to learn that is done.
        sql.Add(changes.Settled, "delete from outbox o using unnest($2::uuid[]) x (id) where o.organization_id = $1 and o.message_id = x.id").With(s => s.MessageId);
        sql.Add(changes.Settled, OutboxSql.PromoteHeads("select m.conversation_id from unnest($2::uuid[]) x (id) join messages m on m.organization_id = $1 and m.id = x.id"))
            .With(s => s.MessageId);
        sql.Add(changes.Settled, """
            update message_attempts a set finished_at = $4, outcome = x.outcome from unnest($2::uuid[], $3::text[]) x (message, outcome)
            where a.organization_id = $1 and a.message_id = x.message and (a.finished_at is null or a.outcome = 'unknown')
            """).With(s => s.MessageId).With(s => s.Outcome).WithOne(now);

        var hours = loaded.Messages.Values.Where(m => m.IsNew && m.Row.Direction == MessageDirection.In).Select(m => m.Row).Distinct()
            .GroupBy(m => new DateTimeOffset(m.ReceivedAt.Year, m.ReceivedAt.Month, m.ReceivedAt.Day, m.ReceivedAt.Hour, 0, 0, TimeSpan.Zero)).OrderBy(h => h.Key).ToList();
        sql.Add(hours, """
            insert into channel_hours as h (organization_id, channel_id, hour, received)
            select $1, $4, x.hour, x.received from unnest($2::timestamptz[], $3::int[]) x (hour, received)
            on conflict (organization_id, channel_id, hour) do update set received = h.received + excluded.received
            """).With(h => h.Key).With(h => h.Count()).WithOne(channel.ChannelId);

        var events = changes.ToEvents(channel.OrganizationId, now);
        sql.Add(events, """
            insert into change_events (id, organization_id, subject, name, data, at)
            select x.id, $1, x.subject, x.name, x.data::jsonb, x.at from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) x (id, subject, name, data, at)
            """).With(e => e.Id).With(e => e.Subject).With(e => e.Name).With(e => e.Data.ToJsonString()).With(e => e.At);
        if (changes.SawMessage || changes.ChannelReason is not null)
        {
            sql.Add([changes.ChannelReason], """
                update channels set last_inbound_at = greatest(last_inbound_at, $4),
                  status = case when ($2::text[])[1] is not null and status = 'connected' then 'degraded' else status end, reason = coalesce(($2::text[])[1], reason)
                where organization_id = $1 and id = $3
                """).With(reason => reason).WithOne(channel.ChannelId).WithOne(now);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.PrepareAsync(ct);
            await batch.ExecuteNonQueryAsync(ct);
        }

        return events;
    }

    /// <summary>What both statements about conversations begin with.</summary>
    private static ColumnCommand<ConversationState> WithShape(this ColumnCommand<ConversationState> command) => command
        .With(c => c.Id).With(c => Names.Of(c.Status)).With(c => c.LastSeq).With(c => c.LastUnreadSeq).With(c => c.LastPosition).With(c => c.LastOutPosition).With(c => c.LastInPosition)
        .With(c => c.LastInboundAt).With(c => c.WindowUntil).With(c => c.WaitingSince).With(c => c.LastActivityAt).With(c => c.LastMessageId)
        .With(c => c.LastMessageDirection is { } d ? Names.Of(d) : null).With(c => c.LastMessagePreview).With(c => c.LastMessageStatus is { } s ? Names.Of(s) : null);
}

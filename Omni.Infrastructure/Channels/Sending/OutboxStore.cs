using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>An entry of the outbox that this node holds.</summary>
internal sealed record Claim(Guid OrganizationId, Guid MessageId, Guid ConversationId, Guid ChannelId, ChannelKind Kind, long LeaseVersion, int Attempts, DateTimeOffset CreatedAt)
{
    /// <summary>Timestamp taken before the claim was asked for: the lease began after it.</summary>
    internal required long Since { get; init; }
}

/// <summary>What goes out, as read when the attempt began.</summary>
internal sealed record Outgoing(
    string Type, string? Text, JsonObject? Payload, string? ReplyTo, string ThreadKey, string? AnswersTo, IReadOnlyList<string> Recipients, DateTimeOffset? LastInboundAt,
    (string Type, string Mime, string Name, long Size, string BlobKey)? File);

/// <summary>The outbox in SQL. Every write after the claim names the lease's version, so that a node that was paused and lost its lease changes nothing.</summary>
internal sealed class OutboxStore(NpgsqlDataSource source, TimeProvider clock, IOptions<SendOptions> options)
{
    // What was due when it was made is due: the node that made it may have a clock that is ahead of the database's.
    private const string Due = "(o.not_before <= now() or o.not_before = o.created_at)";

    /// <summary>How long a claim holds.</summary>
    internal TimeSpan Lease { get; } = TimeSpan.FromSeconds(options.Value.LeaseSeconds);

    /// <summary>How long an unknown outcome is reconciled before the conversation goes on.</summary>
    internal TimeSpan UnknownLasts { get; } = TimeSpan.FromSeconds(options.Value.UnknownSeconds);

    /// <summary>Names this process among all nodes.</summary>
    internal Guid NodeId { get; } = OmniId.New();

    /// <summary>Claims heads of conversations whose channel can send, a few per channel so that no channel takes all places.</summary>
    /// <param name="most">Free places.</param>
    /// <param name="byAge">True to look at age alone instead of priority; every fourth claim, so that nothing starves.</param>
    /// <param name="ct">Stops.</param>
    internal async Task<List<Claim>> ClaimAsync(int most, bool byAge, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            with due as (
              select o.organization_id, o.message_id, o.channel_id, o.priority, o.not_before from outbox o
              where o.is_head and {Due} and (o.lease_until is null or o.lease_until < now()) and not o.attempting and o.unknown_until is null
                and exists (select 1 from channels c where c.organization_id = o.organization_id and c.id = o.channel_id and c.deleted_at is null
                  and c.status in ('connected', 'degraded') and (c.paused_until is null or c.paused_until < now()))
              order by {(byAge ? "o.not_before" : "o.priority, o.not_before")} limit 2000),
            fair as (select d.*, row_number() over (partition by d.channel_id order by {(byAge ? "d.not_before" : "d.priority, d.not_before")}) as turn from due d),
            chosen as (
              select o.organization_id, o.message_id from outbox o join (select * from fair order by turn, {(byAge ? "not_before" : "priority, not_before")} limit $1) f
                on f.organization_id = o.organization_id and f.message_id = o.message_id
              -- Everything once more: a row that was sent between this statement's snapshot and the lock is checked as it is now.
              where o.is_head and {Due} and (o.lease_until is null or o.lease_until < now()) and not o.attempting and o.unknown_until is null
              for update of o skip locked)
            update outbox o set lease_owner = $2, lease_version = o.lease_version + 1, lease_until = now() + $3
            from chosen x, channels c
            where o.organization_id = x.organization_id and o.message_id = x.message_id and c.organization_id = o.organization_id and c.id = o.channel_id
            returning o.organization_id, o.message_id, o.conversation_id, o.channel_id, c.kind, o.lease_version, o.attempts, o.created_at
            """)
        {
            Parameters = { new() { Value = (long)most }, new() { Value = NodeId }, new() { Value = Lease } },
        });
        var claims = new List<Claim>();
        var since = clock.GetTimestamp();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            claims.Add(new Claim(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetGuid(3), Names.Parse<ChannelKind>(reader.GetString(4)),
                reader.GetInt64(5), reader.GetInt32(6), reader.GetFieldValue<DateTimeOffset>(7)) { Since = since });
        }

        return claims;
    }

    /// <summary>When the next head becomes due; null when none waits.</summary>
    internal async Task<DateTimeOffset?> NextDueAsync(CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select min(not_before) from outbox where is_head and not_before > now() and lease_owner is null and unknown_until is null"));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) ? reader.Time(0) : null;
    }

    /// <summary>Notes that bytes may leave from now on, and reads what to send. After this a crash leads to "unknown", never to a second send.</summary>
    /// <returns>Null when the lease was lost.</returns>
    internal async Task<Outgoing?> BeginAsync(Claim claim, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(claim.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            with mine as (
              update outbox set attempting = true, attempts = attempts + 1 where organization_id = $1 and message_id = $2 and lease_owner = $3 and lease_version = $4 and lease_until > now()
              returning attempts),
            tried as (
              insert into message_attempts (organization_id, id, message_id, number, started_at)
              select $1, $5, $2, coalesce((select max(number) from message_attempts where organization_id = $1 and message_id = $2), 0) + 1, $6 from mine)
            update messages m set status = 'sending' from mine where m.organization_id = $1 and m.id = $2
            returning m.type, m.text, m.payload, m.reply_to_external_id
            """)
        {
            Parameters = { new() { Value = claim.OrganizationId }, new() { Value = claim.MessageId }, new() { Value = NodeId }, new() { Value = claim.LeaseVersion }, new() { Value = OmniId.New(now) }, new() { Value = now } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select c.thread_key, i.external_id, c.last_inbound_at, case when c.thread_key <> '' then (
                select m.external_id from messages m where m.organization_id = c.organization_id and m.conversation_id = c.id and m.direction = 'in' and m.deleted_at is null order by m.position desc, m.seq desc limit 1) end
            from conversations c join contact_identities i on i.organization_id = c.organization_id and i.contact_id = c.contact_id and i.channel_id = c.channel_id
            where c.organization_id = $1 and c.id = $2 order by i."primary" desc, i.id
            """) { Parameters = { new() { Value = claim.OrganizationId }, new() { Value = claim.ConversationId } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select type, mime, name, size, blob_key from attachments where organization_id = $1 and message_id = $2 and blob_key is not null order by index limit 1")
        {
            Parameters = { new() { Value = claim.OrganizationId }, new() { Value = claim.MessageId } },
        });

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return null;
        }

        var (type, text, payload, replyTo) = (reader.GetString(0), reader.Text(1), reader.Text(2), reader.Text(3));
        await reader.NextResultAsync(ct);
        var (thread, answersTo, recipients, heard) = ("", (string?)null, new List<string>(), (DateTimeOffset?)null);
        while (await reader.ReadAsync(ct))
        {
            thread = reader.GetString(0);
            recipients.Add(reader.GetString(1));
            (heard, answersTo) = (reader.Time(2), reader.Text(3));
        }

        await reader.NextResultAsync(ct);
        var file = await reader.ReadAsync(ct)
            ? (reader.GetString(0), reader.Text(1) ?? "application/octet-stream", reader.Text(2) ?? "file", reader.IsDBNull(3) ? 0 : reader.GetInt64(3), reader.GetString(4))
            : ((string, string, string, long, string)?)null;
        return new Outgoing(type, text, payload is null ? null : JsonNode.Parse(payload) as JsonObject, replyTo, thread, answersTo, recipients, heard, file);
    }

    /// <summary>Gives a claim back: nothing was sent.</summary>
    internal async Task ReleaseAsync(Claim claim, TimeSpan after, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(claim.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update outbox set lease_owner = null, lease_until = null, attempting = false, not_before = greatest(not_before, now() + $5)
            where organization_id = $1 and message_id = $2 and lease_owner = $3 and lease_version = $4
            """)
        {
            Parameters = { new() { Value = claim.OrganizationId }, new() { Value = claim.MessageId }, new() { Value = NodeId }, new() { Value = claim.LeaseVersion }, new() { Value = after } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Writes the outcome of an attempt.</summary>
    /// <returns>The events that were committed, and updates that came before the message had its id.</returns>
    internal async Task<(IReadOnlyList<ChangeEvent> Events, IReadOnlyList<EarlyUpdate> Early)> CompleteAsync(Claim claim, Settlement settlement, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var locking = new NpgsqlBatch(connection, transaction))
        {
            locking.BatchCommands.Add(Walls.As(claim.OrganizationId));
            locking.BatchCommands.Add(Own("select 1 from conversations where organization_id = $1 and id = $2 for no key update", claim.OrganizationId, claim.ConversationId));
            await locking.ExecuteNonQueryAsync(ct);
        }

        var change = new ChangeEvent(
            claim.OrganizationId,
            ChangeEvent.Conversation(claim.ConversationId),
            EventNames.MessageStatusChanged,
            new JsonObject { ["conversationId"] = claim.ConversationId, ["messageId"] = claim.MessageId },
            now);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(settlement.Keeps
            ? Own(
                """
                update outbox set lease_owner = null, lease_until = null, attempting = false, not_before = now() + $5, unknown_until = case when $6 then now() + $7 end
                where organization_id = $1 and message_id = $2 and lease_owner = $3 and lease_version = $4 returning 1
                """,
                claim.OrganizationId, claim.MessageId, NodeId, claim.LeaseVersion, settlement.After, settlement.Status == MessageStatus.Unknown, UnknownLasts)
            : Own(
                "delete from outbox where organization_id = $1 and message_id = $2 and ((lease_owner = $3 and lease_version = $4) or $5) returning 1",
                claim.OrganizationId, claim.MessageId, NodeId, claim.LeaseVersion, settlement.Status == MessageStatus.Sent));
        var fenced = batch.BatchCommands.Count - 1;

        // "Sent" is a fact and moves forward only; it is written even when the lease was lost meanwhile. What the platform told by then stands.
        const string open = "m.status in ('queued', 'sending', 'unknown')";
        batch.BatchCommands.Add(Own(
            $"""
            update messages m set external_id = coalesce($3, m.external_id), status = case when {open} then $4 else m.status end,
              error_code = case when {open} then $5 else m.error_code end, error_message = case when {open} then $6 else m.error_message end,
              error_retryable = case when {open} then $7 else m.error_retryable end
            where m.organization_id = $1 and m.id = $2 and ($8 or exists (select 1 from outbox o where o.organization_id = $1 and o.message_id = $2 and o.lease_version = $9) or $10)
            returning m.status
            """,
            claim.OrganizationId, claim.MessageId, (object?)settlement.ExternalId ?? DBNull.Value, Names.Of(settlement.Status),
            (object?)settlement.Code ?? DBNull.Value, (object?)settlement.Message ?? DBNull.Value, settlement.Retryable,
            settlement.Status == MessageStatus.Sent, claim.LeaseVersion, !settlement.Keeps));
        batch.BatchCommands.Add(Own(
            """
            update message_attempts set finished_at = $3, outcome = $4, code = $5, detail = $6
            where organization_id = $1 and message_id = $2 and finished_at is null
            """,
            claim.OrganizationId, claim.MessageId, now, settlement.Outcome, (object?)settlement.Code ?? DBNull.Value, (object?)settlement.Message ?? DBNull.Value));
        batch.BatchCommands.Add(Own(
            """
            update conversations c set last_message_status = m.status from messages m
            where c.organization_id = $1 and c.id = $2 and c.last_message_id = $3 and m.organization_id = $1 and m.id = $3 and c.last_message_status is distinct from m.status
            """,
            claim.OrganizationId, claim.ConversationId, claim.MessageId));
        if (!settlement.Keeps)
        {
            batch.BatchCommands.Add(Own(OutboxSql.PromoteHeads("values ($2::uuid)"), claim.OrganizationId, claim.ConversationId));
        }

        batch.BatchCommands.Add(Own(
            """
            update channels set last_outbound_at = case when $4 then $3 else last_outbound_at end, paused_until = case when $5 > interval '0' then greatest(paused_until, now() + $5) else paused_until end
            where organization_id = $1 and id = $2 and (($4 and (last_outbound_at is null or last_outbound_at < $3 - interval '10 seconds')) or $5 > interval '0')
            """,
            claim.OrganizationId, claim.ChannelId, now, settlement.Status == MessageStatus.Sent, settlement.PauseChannel));
        batch.BatchCommands.Add(Own(
            "insert into change_events (id, organization_id, subject, name, data, at) values ($2, $1, $3, $4, $5::jsonb, $6)",
            claim.OrganizationId, change.Id, change.Subject, change.Name, change.Data.ToJsonString(), now));
        batch.BatchCommands.Add(Own(
            "select id, event from pending_updates where organization_id = $1 and channel_id = $2 and external_id = $3 order by id",
            claim.OrganizationId, claim.ChannelId, settlement.ExternalId ?? ""));

        var early = new List<EarlyUpdate>();
        var written = 0;
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            for (var i = 0; ; i++)
            {
                while (await reader.ReadAsync(ct))
                {
                    written += i == fenced ? 1 : 0;
                    if (reader.FieldCount == 2)
                    {
                        early.Add(new EarlyUpdate(reader.GetGuid(0), reader.GetString(1)));
                    }
                }

                if (!await reader.NextResultAsync(ct))
                {
                    break;
                }
            }
        }

        if (written == 0 && settlement.Status != MessageStatus.Sent)
        {
            // The lease was lost: whoever has it now decides.
            await transaction.RollbackAsync(ct);
            return ([], []);
        }

        await transaction.CommitAsync(ct);
        return ([change], early);
    }

    /// <summary>Entries whose sender died in the middle become unknown; entries whose time of uncertainty is over let their conversation go on.</summary>
    internal async Task<IReadOnlyList<ChangeEvent>> RecoverAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var stranded = new List<(Guid Organization, Guid Message, Guid Conversation, bool Over)>();
        await using (var batch = source.CreateBatch())
        {
            batch.BatchCommands.Add(Walls.AsWorker());
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                select organization_id, message_id, conversation_id, unknown_until is not null from outbox
                where (attempting and lease_until < now()) or unknown_until < now() order by organization_id, conversation_id, message_id limit 500
                """));
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                stranded.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetBoolean(3)));
            }
        }

        var events = new List<ChangeEvent>();
        foreach (var (organization, message, conversation, over) in stranded)
        {
            var change = new ChangeEvent(
                organization, ChangeEvent.Conversation(conversation), EventNames.MessageStatusChanged,
                new JsonObject { ["conversationId"] = conversation, ["messageId"] = message }, now);
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.BatchCommands.Add(Walls.As(organization));
            batch.BatchCommands.Add(Own("select 1 from conversations where organization_id = $1 and id = $2 for no key update", organization, conversation));
            // Only what this node frees is marked: another may have been quicker, and the message may be queued anew since.
            var free = over
                ? "delete from outbox where organization_id = $1 and message_id = $2 and unknown_until < now() returning message_id"
                : """
                  update outbox set attempting = false, lease_owner = null, lease_until = null, lease_version = lease_version + 1, unknown_until = now() + $4
                  where organization_id = $1 and message_id = $2 and attempting and lease_until < now() returning message_id
                  """;
            batch.BatchCommands.Add(Own(
                $"""
                with freed as ({free}),
                tried as (
                  update message_attempts a set finished_at = $3, outcome = 'unknown' from freed f
                  where a.organization_id = $1 and a.message_id = f.message_id and a.finished_at is null and $4 >= interval '0')
                update messages m set status = 'unknown', error_message = 'The answer of the platform was lost.', error_retryable = true
                from freed f where m.organization_id = $1 and m.id = f.message_id and m.status in ('queued', 'sending', 'unknown')
                """,
                organization, message, now, UnknownLasts));
            batch.BatchCommands.Add(Own(OutboxSql.PromoteHeads("values ($2::uuid)"), organization, conversation));
            batch.BatchCommands.Add(Own(
                """
                update conversations c set last_message_status = m.status from messages m
                where c.organization_id = $1 and c.id = $2 and c.last_message_id = $3 and m.organization_id = $1 and m.id = $3 and c.last_message_status is distinct from m.status
                """,
                organization, conversation, message));
            batch.BatchCommands.Add(Own(
                "insert into change_events (id, organization_id, subject, name, data, at) values ($2, $1, $3, $4, $5::jsonb, $6)",
                organization, change.Id, change.Subject, change.Name, change.Data.ToJsonString(), now));
            await batch.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
            events.Add(change);
        }

        return events;
    }

    private static NpgsqlBatchCommand Own(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DBNull ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}

/// <summary>A stored update that came before the message had its id.</summary>
internal sealed record EarlyUpdate(Guid Id, string Event);

/// <summary>What an outcome means for message, outbox and channel.</summary>
internal sealed record Settlement(MessageStatus Status, string Outcome, bool Keeps)
{
    internal string? ExternalId { get; init; }

    internal string? Code { get; init; }

    internal string? Message { get; init; }

    internal bool Retryable { get; init; }

    /// <summary>When the entry stays: how long until the next try.</summary>
    internal TimeSpan After { get; init; }

    /// <summary>How long the whole channel waits; zero when it does not.</summary>
    internal TimeSpan PauseChannel { get; init; }
}

using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Notifications;

/// <summary>Stores new notifications with their pushes and their events in one transaction, and announces them after the commit.</summary>
internal sealed class NotificationStore(NpgsqlDataSource source, IEventBus bus, WorkSignals signals, TimeProvider clock)
{
    /// <summary>Before that a push does not leave: somebody who has the message before their eyes needs none.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>What is not seen so long goes into a letter.</summary>
    internal static readonly TimeSpan MailAfter = TimeSpan.FromMinutes(15);

    private const string InsertSql = """
        insert into notifications (organization_id, id, user_id, kind, cause, conversation_id, message_id, seq, channel_id, actor_id, in_app, created_at, read_at, mail_at)
        select $1, n.id, n.user_id, n.kind, n.cause, n.conversation_id, n.message_id, n.seq, n.channel_id, n.actor_id, n.in_app, n.at,
          case when p.last_read_seq >= n.seq then $13::timestamptz end, case when n.email then n.at + $14::interval end
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::int[], $9::uuid[], $10::uuid[], $11::boolean[], $12::timestamptz[], $15::boolean[])
          as n (id, user_id, kind, cause, conversation_id, message_id, seq, channel_id, actor_id, in_app, at, email)
        left join read_pointers p on p.organization_id = $1 and p.user_id = n.user_id and p.conversation_id = n.conversation_id
        on conflict (organization_id, user_id, cause) do nothing
        returning id, read_at is not null
        """;

    // A channel that works again frees its cause: the next trouble is told again.
    private const string MendedSql = """
        update notifications n set cause = n.cause || ':' || n.id, read_at = coalesce(n.read_at, m.at)
        from unnest($2::uuid[], $3::timestamptz[]) as m (channel_id, at)
        where n.organization_id = $1 and n.channel_id = m.channel_id and n.created_at <= m.at
          and n.cause in ('channel:' || n.channel_id || ':needsReauth', 'channel:' || n.channel_id || ':degraded')
        """;

    /// <summary>Stores what is new of <paramref name="told"/>.</summary>
    internal async Task AddAsync(Guid organizationId, IReadOnlyList<NewNotification> told, IReadOnlyDictionary<Guid, DateTimeOffset> mended, CancellationToken ct)
    {
        if (told.Count == 0 && mended.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var unread = await InsertAsync(connection, transaction, organizationId, told, mended, now, ct);
        var events = told.Where(n => n.InApp && unread.Contains(n.Id)).Select(n => Created(organizationId, n, now)).ToList();
        var pushes = told.Where(n => n.Push && unread.Contains(n.Id)).ToList();
        if (events.Count + pushes.Count > 0)
        {
            await QueueAsync(connection, transaction, organizationId, events, pushes, now, ct);
        }

        await transaction.CommitAsync(ct);
        bus.Publish(events);
        if (pushes.Count > 0)
        {
            signals.Push.Set();
        }
    }

    private static async Task<HashSet<Guid>> InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid organizationId,
        IReadOnlyList<NewNotification> told, IReadOnlyDictionary<Guid, DateTimeOffset> mended, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Walls.As(organizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(MendedSql)
        {
            Parameters = { new() { Value = organizationId }, new() { Value = mended.Keys.ToArray() }, new() { Value = mended.Values.ToArray() } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertSql)
        {
            Parameters =
            {
                new() { Value = organizationId }, Of(told, n => n.Id), Of(told, n => n.UserId), Of(told, n => Names.Of(n.Kind)), Of(told, n => n.Cause), Of(told, n => n.ConversationId),
                Of(told, n => n.MessageId), Of(told, n => n.Seq), Of(told, n => n.ChannelId), Of(told, n => n.ActorId), Of(told, n => n.InApp), Of(told, n => n.At),
                new() { Value = now }, new() { Value = MailAfter }, Of(told, n => n.Email),
            },
        });
        var unread = new HashSet<Guid>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct); // the update has no rows of its own
        while (await reader.ReadAsync(ct))
        {
            if (!reader.GetBoolean(1))
            {
                unread.Add(reader.GetGuid(0));
            }
        }

        return unread;
    }

    private static async Task QueueAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid organizationId,
        List<ChangeEvent> events, List<NewNotification> pushes, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into change_events (id, organization_id, subject, name, data, at)
            select e.id, $1, e.subject, $2, e.data::jsonb, $3 from unnest($4::uuid[], $5::text[], $6::text[]) as e (id, subject, data)
            """)
        {
            Parameters =
            {
                new() { Value = organizationId }, new() { Value = EventNames.NotificationCreated }, new() { Value = now },
                Of(events, e => e.Id), Of(events, e => e.Subject), Of(events, e => e.Data.ToJsonString()),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into push_queue (organization_id, notification_id, subscription_id, next_at, attempts, created_at)
            select $1, n.id, s.id, n.next_at, 0, $2
            from unnest($3::uuid[], $4::uuid[], $5::timestamptz[]) as n (id, user_id, next_at) join push_subscriptions s on s.user_id = n.user_id
            """)
        {
            Parameters =
            {
                new() { Value = organizationId }, new() { Value = now }, Of(pushes, n => n.Id), Of(pushes, n => n.UserId),
                Of(pushes, n => n.ConversationId is null ? now : now + Grace),
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static ChangeEvent Created(Guid organizationId, NewNotification told, DateTimeOffset now)
    {
        var data = new JsonObject { ["notificationId"] = told.Id, ["kind"] = Names.Of(told.Kind), ["sound"] = told.Sound };
        foreach (var (name, id) in ((string, Guid?)[])[("conversationId", told.ConversationId), ("messageId", told.MessageId), ("channelId", told.ChannelId)])
        {
            if (id is not null)
            {
                data[name] = id;
            }
        }

        return new ChangeEvent(organizationId, ChangeEvent.User(told.UserId), EventNames.NotificationCreated, data, now);
    }

    private static NpgsqlParameter<TValue[]> Of<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value) => new() { TypedValue = [.. rows.Select(value)] };
}

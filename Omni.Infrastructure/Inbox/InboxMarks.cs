using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Inbox;

/// <summary>A person's read pointers and drafts: one upsert each, in one round trip.</summary>
internal sealed class InboxMarks(NpgsqlDataSource source, IEventBus bus, TimeProvider clock) : IInboxMarks
{
    public async Task<int?> ReadAsync(Actor actor, Guid conversationId, int seq, bool backwards, CancellationToken ct)
    {
        var rows = await RunAsync(
            actor,
            $"""
            with pointer as (
              insert into read_pointers as p (organization_id, user_id, conversation_id, last_read_seq)
              select c.organization_id, $2, c.id, least($4, c.last_seq) from conversations c where c.organization_id = $1 and c.id = $3
              on conflict (organization_id, user_id, conversation_id)
                do update set last_read_seq = {(backwards ? "excluded.last_read_seq" : "greatest(p.last_read_seq, excluded.last_read_seq)")}
              returning last_read_seq),
            seen as (
              update notifications n set read_at = now() from pointer
              where n.organization_id = $1 and n.user_id = $2 and n.conversation_id = $3 and n.seq <= pointer.last_read_seq and n.read_at is null
              returning 1)
            select last_read_seq, (select count(*) from seen) from pointer
            """,
            reader => (Pointer: reader.GetInt32(0), Seen: reader.GetInt64(1)),
            [new() { Value = actor.OrganizationId }, new() { Value = actor.UserId }, new() { Value = conversationId }, new() { Value = Math.Max(0, seq) }],
            ct);
        if (rows is not [var now, ..])
        {
            return null;
        }

        if (now.Seen > 0)
        {
            bus.Publish([new ChangeEvent(actor.OrganizationId, ChangeEvent.User(actor.UserId), EventNames.NotificationRead, new JsonObject { ["conversationId"] = conversationId }, clock.GetUtcNow())]);
        }

        return now.Pointer;
    }

    public Task ViewAsync(Actor actor, Guid conversationId, DateTimeOffset? until, CancellationToken ct) => RunAsync(
        actor,
        """
        insert into read_pointers as p (organization_id, user_id, conversation_id, last_read_seq, viewing_until)
        select c.organization_id, $2, c.id, 0, $4 from conversations c where c.organization_id = $1 and c.id = $3
        on conflict (organization_id, user_id, conversation_id) do update set viewing_until = excluded.viewing_until
        returning 1
        """,
        reader => reader.GetInt32(0),
        [
            new() { Value = actor.OrganizationId }, new() { Value = actor.UserId }, new() { Value = conversationId },
            new() { Value = (object?)until?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        ],
        ct);

    public async Task<bool> SaveDraftAsync(Actor actor, Guid conversationId, string mode, string text, DateTimeOffset writtenAt, CancellationToken ct)
    {
        var rows = await RunAsync(
            actor,
            """
            with conversation as (select organization_id, id from conversations where organization_id = $1 and id = $3),
            saved as (
              insert into drafts as d (organization_id, user_id, conversation_id, mode, text, updated_at)
              select organization_id, $2, id, $4, $5, $6 from conversation where $5 <> ''
              on conflict (organization_id, user_id, conversation_id, mode)
                do update set text = excluded.text, updated_at = excluded.updated_at where d.updated_at <= excluded.updated_at),
            removed as (
              delete from drafts where $5 = '' and organization_id = $1 and user_id = $2 and conversation_id = $3 and mode = $4 and updated_at <= $6)
            select 1 from conversation
            """,
            reader => reader.GetInt32(0),
            [
                new() { Value = actor.OrganizationId }, new() { Value = actor.UserId }, new() { Value = conversationId },
                new() { Value = mode }, new() { Value = text, NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = writtenAt.ToUniversalTime() },
            ],
            ct);
        return rows.Count > 0;
    }

    public async Task<IReadOnlyDictionary<string, Draft>> DraftsAsync(Actor actor, Guid conversationId, CancellationToken ct)
    {
        var rows = await RunAsync(
            actor,
            "select mode, text, updated_at from drafts where organization_id = $1 and user_id = $2 and conversation_id = $3",
            reader => new Draft(actor.OrganizationId, actor.UserId, conversationId, reader.GetString(0))
            {
                Text = reader.GetString(1),
                UpdatedAt = reader.GetFieldValue<DateTimeOffset>(2),
            },
            [new() { Value = actor.OrganizationId }, new() { Value = actor.UserId }, new() { Value = conversationId }],
            ct);
        return rows.ToDictionary(d => d.Mode);
    }

    private async Task<List<T>> RunAsync<T>(Actor actor, string sql, Func<NpgsqlDataReader, T> read, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
        var rows = new List<T>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}

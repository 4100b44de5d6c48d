using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Notifications;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Notifications;

/// <summary>A person's own notifications: a keyset list, a count that stops, marks.</summary>
internal sealed class NotificationReader(NpgsqlDataSource source, NotificationStore store, IEventBus bus, TimeProvider clock) : INotifications
{
    public async Task<Result<Page<NotificationView>>> ListAsync(Actor actor, bool unreadOnly, string? cursor, int limit, CancellationToken ct)
    {
        var before = Guid.AllBitsSet;
        if (cursor is not null && !Cursor.TryRead(cursor, out DateTimeOffset _, out before))
        {
            return new Refusal.Invalid("cursor", "A nextCursor of this list is expected.");
        }

        var rows = await RunAsync(
            actor,
            $"""
            select {NotificationSql.Columns} from notifications n {NotificationSql.Joins}
            where n.organization_id = $1 and n.user_id = $2 and n.in_app and n.id < $3{(unreadOnly ? " and n.read_at is null" : "")}
            order by n.id desc limit $4
            """,
            NotificationSql.Read,
            ct,
            before,
            limit + 1);
        var page = rows.Count > limit ? rows[..limit] : rows;
        return new Page<NotificationView>(page, rows.Count > limit ? Cursor.Write(page[^1].CreatedAt, page[^1].Id) : null, limit);
    }

    public async Task<int> CountAsync(Actor actor, CancellationToken ct)
    {
        var rows = await RunAsync(
            actor,
            "select count(*)::int from (select 1 from notifications where organization_id = $1 and user_id = $2 and in_app and read_at is null limit $3) n",
            row => row.GetInt32(0),
            ct,
            INotifications.MostCounted);
        return rows[0];
    }

    public async Task<Result<int>> ReadAsync(Actor actor, IReadOnlyCollection<Guid>? ids, CancellationToken ct)
    {
        if (ids is { Count: > INotifications.MostMarked })
        {
            return new Refusal.Invalid("ids", $"At most {INotifications.MostMarked} ids are expected.");
        }

        var marked = await RunAsync(
            actor,
            "update notifications set read_at = $3 where organization_id = $1 and user_id = $2 and read_at is null and ($4::uuid[] is null or id = any ($4)) returning 1",
            row => row.GetInt32(0),
            ct,
            clock.GetUtcNow(),
            new NpgsqlParameter { Value = (object?)ids?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Uuid });
        if (marked.Count > 0)
        {
            bus.Publish([new ChangeEvent(actor.OrganizationId, ChangeEvent.User(actor.UserId), EventNames.NotificationRead, new JsonObject { ["count"] = marked.Count }, clock.GetUtcNow())]);
        }

        return await CountAsync(actor, ct);
    }

    public async Task<Result<int>> TestAsync(Actor actor, CancellationToken ct)
    {
        var devices = await RunAsync(
            actor,
            "select count(*)::int from push_subscriptions s join sessions e on e.id = s.session_id where $1::uuid is not null and s.user_id = $2 and e.revoked_at is null and e.expires_at > $3",
            row => row.GetInt32(0),
            ct,
            clock.GetUtcNow());
        var test = new NewNotification(clock.GetUtcNow()) { UserId = actor.UserId, Kind = NotificationKind.Test, Cause = $"test:{OmniId.New()}", InApp = true, Sound = true, Push = true };
        await store.AddAsync(actor.OrganizationId, [test], new Dictionary<Guid, DateTimeOffset>(), ct);
        return devices[0];
    }

    /// <summary>Runs one statement as the actor; <c>$1</c> is the organization, <c>$2</c> the person.</summary>
    private async Task<List<T>> RunAsync<T>(Actor actor, string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] values)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(actor.OrganizationId));
        var command = new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = actor.OrganizationId }, new() { Value = actor.UserId } } };
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

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

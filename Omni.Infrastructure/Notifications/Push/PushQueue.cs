using System.Text.Json.Nodes;
using Npgsql;
using Omni.Core.Notifications;
using Omni.Infrastructure.Data;

namespace Omni.Infrastructure.Notifications.Push;

/// <summary>Pushes that wait. A claim is a next time of its own: when the node dies, another one tries then.</summary>
internal sealed class PushQueue(NpgsqlDataSource source)
{
    /// <summary>How long a claim holds: longer than a try can last.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private const string ClaimSql = """
        update push_queue q set attempts = q.attempts + 1, next_at = $1::timestamptz + $2::interval
        from (select organization_id, notification_id, subscription_id from push_queue where next_at <= $1 order by next_at limit $3 for update skip locked) x
        where q.organization_id = x.organization_id and q.notification_id = x.notification_id and q.subscription_id = x.subscription_id
        returning q.organization_id, q.notification_id, q.subscription_id, q.attempts, q.created_at
        """;

    private const string DetailSql = $"""
        select {NotificationSql.Columns}, s.endpoint, s.public_key, s.auth_secret, us.settings,
          e.revoked_at is null and e.expires_at > $3,
          exists (select 1 from memberships b join organizations o on o.id = b.organization_id where b.organization_id = n.organization_id and b.user_id = n.user_id and o.status = 'active'),
          exists (select 1 from read_pointers p where p.organization_id = n.organization_id and p.user_id = n.user_id and p.conversation_id = n.conversation_id
            and (p.viewing_until > $3 or p.last_read_seq >= n.seq)),
          (select count(*)::int from (select 1 from notifications r where r.organization_id = n.organization_id and r.user_id = n.user_id and r.in_app and r.read_at is null limit 100) r)
        from notifications n join push_subscriptions s on s.id = $4 and s.user_id = n.user_id join users us on us.id = n.user_id join sessions e on e.id = s.session_id
        {NotificationSql.Joins}
        where n.organization_id = $1 and n.id = $2
        """;

    /// <summary>Takes what is due.</summary>
    internal async Task<IReadOnlyList<PushClaim>> ClaimAsync(DateTimeOffset now, int most, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ClaimSql) { Parameters = { new() { Value = now }, new() { Value = Lease }, new() { Value = most } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var claims = new List<PushClaim>();
        while (await reader.ReadAsync(ct))
        {
            claims.Add(new PushClaim(reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return claims;
    }

    /// <summary>What a claim is about, behind the organization's wall; null when notification or browser is gone.</summary>
    internal async Task<PushDetail?> ReadAsync(PushClaim claim, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.As(claim.OrganizationId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(DetailSql)
        {
            Parameters = { new() { Value = claim.OrganizationId }, new() { Value = claim.NotificationId }, new() { Value = now }, new() { Value = claim.SubscriptionId } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? new PushDetail(
                NotificationSql.Read(reader), new Uri(reader.GetString(14)), (byte[])reader.GetValue(15), (byte[])reader.GetValue(16),
                NotificationSettings.Of(JsonNode.Parse(reader.GetString(17)) as JsonObject ?? []),
                IsAlive: reader.GetBoolean(18), IsMember: reader.GetBoolean(19), IsSeen: reader.GetBoolean(20), reader.GetInt32(21))
            : null;
    }

    /// <summary>Ends a claim: the row goes.</summary>
    internal Task DropAsync(PushClaim claim, CancellationToken ct) => RunAsync(ct, Drop(claim));

    /// <summary>The push service took the message.</summary>
    internal Task TakenAsync(PushClaim claim, DateTimeOffset now, CancellationToken ct) =>
        RunAsync(ct, Drop(claim), Command("update push_subscriptions set last_sent_at = $2, failures = 0 where id = $1", claim.SubscriptionId, now));

    /// <summary>Puts a claim back.</summary>
    internal Task LaterAsync(PushClaim claim, DateTimeOffset next, CancellationToken ct) => RunAsync(
        ct,
        Command(
            "update push_queue set next_at = $4 where organization_id = $1 and notification_id = $2 and subscription_id = $3 and attempts = $5",
            claim.OrganizationId, claim.NotificationId, claim.SubscriptionId, next, claim.Attempts));

    /// <summary>The push service will never take this message: it goes, and a browser that has only refused for long goes too.</summary>
    internal Task RefusedAsync(PushClaim claim, int mostRefusals, CancellationToken ct) => RunAsync(
        ct,
        Drop(claim),
        Command("update push_subscriptions set failures = failures + 1 where id = $1", claim.SubscriptionId),
        Command("delete from push_subscriptions where id = $1 and failures >= $2", claim.SubscriptionId, mostRefusals));

    /// <summary>Forgets a browser, with everything that waits for it.</summary>
    internal Task ForgetAsync(Guid subscriptionId, CancellationToken ct) => RunAsync(ct, Command("delete from push_subscriptions where id = $1", subscriptionId));

    private static NpgsqlBatchCommand Drop(PushClaim claim) => Command(
        "delete from push_queue where organization_id = $1 and notification_id = $2 and subscription_id = $3", claim.OrganizationId, claim.NotificationId, claim.SubscriptionId);

    private async Task RunAsync(CancellationToken ct, params NpgsqlBatchCommand[] commands)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Walls.AsWorker());
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}

/// <summary>A push that this node sends now.</summary>
internal sealed record PushClaim(Guid OrganizationId, Guid NotificationId, Guid SubscriptionId, int Attempts, DateTimeOffset CreatedAt);

/// <summary>What is sent, to which browser, and what may stand against it.</summary>
internal sealed record PushDetail(
    NotificationView Notification, Uri Endpoint, byte[] PublicKey, byte[] SealedSecret, NotificationSettings Settings, bool IsAlive, bool IsMember, bool IsSeen, int Unread);

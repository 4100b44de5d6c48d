using Omni.Infrastructure.Events;

namespace Omni.Infrastructure.Operations.Retention;

/// <summary>The rules of the tables of the message path. docs/deployment.md tells operators the periods.</summary>
internal static class RetentionRules
{
    private const string CountByDay = """
        insert into inbound_daily_counts (organization_id, channel_id, day, items)
        select organization_id, channel_id, (processed_at at time zone 'UTC')::date, count(*)
        from gone where organization_id is not null and channel_id is not null
          and not exists (select 1 from channels c where c.organization_id = gone.organization_id and c.id = gone.channel_id and c.sandbox) group by 1, 2, 3
        on conflict (organization_id, channel_id, day) do update set items = inbound_daily_counts.items + excluded.items
        """;

    // A body stays as long as an item of it waits to be applied, whatever its age.
    private const string NoLongerNeeded =
        "received_at < $1 and not exists (select 1 from inbound_queue q where q.delivery_id = webhook_deliveries.id and q.state in ('pending', 'failed'))";

    internal static readonly IReadOnlyList<RetentionRule> All =
    [
        new("inbound_queue", "state = 'processed' and processed_at < $1", TimeSpan.FromDays(1), CountByDay, BatchSize: 5_000),
        new("inbound_queue", "state in ('unrouted', 'quarantined') and received_at < $1", TimeSpan.FromDays(30)),
        new("webhook_deliveries", NoLongerNeeded, TimeSpan.FromDays(30), BatchSize: 500),
        new("change_events", "at < $1", EventFeedReader.Kept, BatchSize: 5_000),
        new("pending_updates", "received_at < $1", TimeSpan.FromDays(7)),
        new("idempotency_keys", "created_at < $1", TimeSpan.FromHours(24)),
        new("attachments", "message_id is null and created_at < $1", TimeSpan.FromDays(1)),
        new("sandbox_entries", "at < $1", TimeSpan.FromDays(7)),
        new("audit_log", "at < $1", TimeSpan.FromDays(400)),
    ];
}

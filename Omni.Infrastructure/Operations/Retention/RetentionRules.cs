using Omni.Infrastructure.Events;

namespace Omni.Infrastructure.Operations.Retention;

/// <summary>The rules of the tables of the message path. docs/deployment.md tells operators the periods.</summary>
internal static class RetentionRules
{
    // A body stays as long as an item of it waits to be applied, whatever its age.
    private const string NoLongerNeeded =
        "received_at < $1 and not exists (select 1 from inbound_queue q where q.delivery_id = webhook_deliveries.id and q.state in ('pending', 'failed'))";

    internal static readonly IReadOnlyList<RetentionRule> All =
    [
        new("inbound_queue", "state = 'processed' and processed_at < $1", TimeSpan.FromDays(1), BatchSize: 5_000),
        new("inbound_queue", "state in ('unrouted', 'quarantined') and received_at < $1", TimeSpan.FromDays(30)),
        new("webhook_deliveries", NoLongerNeeded, TimeSpan.FromDays(30), BatchSize: 500),
        new("change_events", "at < $1", EventFeedReader.Kept, BatchSize: 5_000),
        new("pending_updates", "received_at < $1", TimeSpan.FromDays(7)),
        new("idempotency_keys", "created_at < $1", TimeSpan.FromHours(24)),
        new("attachments", "message_id is null and created_at < $1", TimeSpan.FromDays(1)),
        new("channel_logins", "expires_at < $1", TimeSpan.FromHours(1)),
        new("sandbox_entries", "at < $1", TimeSpan.FromDays(7)),
        new("channel_hours", "hour < $1", TimeSpan.FromDays(400)),
        new("audit_log", "at < $1", TimeSpan.FromDays(400)),
    ];
}

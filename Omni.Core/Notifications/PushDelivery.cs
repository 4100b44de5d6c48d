using Omni.Core.Tenancy;

namespace Omni.Core.Notifications;

/// <summary>A notification that must go to one browser. The sender works from this row alone, also after a crash.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="NotificationId">The notification.</param>
/// <param name="SubscriptionId">The browser.</param>
public sealed record PushDelivery(Guid OrganizationId, Guid NotificationId, Guid SubscriptionId) : ITenantOwned
{
    /// <summary>Not before (UTC): a moment for the person to see it in Omni, back-off, or the end of a sender's claim.</summary>
    public DateTimeOffset NextAt { get; init; }

    /// <summary>Tries made.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was queued (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

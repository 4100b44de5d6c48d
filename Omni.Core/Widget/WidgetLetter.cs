using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Widget;

/// <summary>A letter to a visitor that is still to be sent: a reply that did not reach the page, or a transcript.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="channelId">The chat.</param>
/// <param name="visitorId">To whom.</param>
/// <param name="dueAt">Not before (UTC).</param>
public sealed class WidgetLetter(Guid organizationId, Guid channelId, Guid visitorId, DateTimeOffset dueAt) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The chat.</summary>
    public Guid ChannelId { get; private init; } = channelId;

    /// <summary>To whom.</summary>
    public Guid VisitorId { get; private init; } = visitorId;

    /// <summary>The reply; null for a transcript.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The address.</summary>
    public required string Email { get; init; }

    /// <summary>Not before (UTC); moves on with every try.</summary>
    public DateTimeOffset DueAt { get; set; } = dueAt;

    /// <summary>Tries made.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was settled (UTC): a mail server took it, or it was no longer needed. Null while it waits.</summary>
    public DateTimeOffset? SettledAt { get; set; }
}

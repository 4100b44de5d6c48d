using Omni.Core.Common;
using Omni.Core.Notifications;

namespace Omni.Infrastructure.Notifications;

/// <summary>A notification that is about to be stored, with the ways it goes.</summary>
/// <param name="At">When it happened (UTC).</param>
internal sealed record NewNotification(DateTimeOffset At)
{
    internal Guid Id { get; init; } = OmniId.New();

    internal Guid UserId { get; init; }

    internal NotificationKind Kind { get; init; }

    internal string Cause { get; init; } = "";

    internal Guid? ConversationId { get; init; }

    internal Guid? MessageId { get; init; }

    internal int? Seq { get; init; }

    internal Guid? ChannelId { get; init; }

    internal Guid? ActorId { get; init; }

    internal bool InApp { get; init; }

    internal bool Sound { get; init; }

    internal bool Push { get; init; }

    internal bool Email { get; init; }
}

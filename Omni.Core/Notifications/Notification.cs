using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Notifications;

/// <summary>Something one person is told once. Holds ids only: names and words are read when it is shown, so that erasing a customer leaves nothing here.</summary>
public sealed class Notification : ITenantOwned
{
    /// <summary>Identity; rises with time.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>Who is told.</summary>
    public required Guid UserId { get; init; }

    /// <summary>What about.</summary>
    public NotificationKind Kind { get; init; }

    /// <summary>What made it, unique per person: the same cause never tells anybody twice.</summary>
    public required string Cause { get; init; }

    /// <summary>The conversation it leads to.</summary>
    public Guid? ConversationId { get; init; }

    /// <summary>The message it leads to.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The message's seq: reading up to it reads the notification.</summary>
    public int? Seq { get; init; }

    /// <summary>The channel it is about.</summary>
    public Guid? ChannelId { get; init; }

    /// <summary>The colleague who caused it; null for customers and the program.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>True when it is listed in Omni; false when the person wants it by push or e-mail only.</summary>
    public bool InApp { get; init; }

    /// <summary>When it happened (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the person saw it (UTC).</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>From when on it may go into a letter (UTC); null for never.</summary>
    public DateTimeOffset? MailAt { get; init; }

    /// <summary>When it went out in a letter (UTC).</summary>
    public DateTimeOffset? MailedAt { get; init; }
}

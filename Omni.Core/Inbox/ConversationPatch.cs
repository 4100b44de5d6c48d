namespace Omni.Core.Inbox;

/// <summary>Changes to a conversation; what is null stays as it is.</summary>
public sealed record ConversationPatch
{
    /// <summary>New state. <see cref="ConversationStatus.Snoozed"/> needs <see cref="SnoozedUntil"/>.</summary>
    public ConversationStatus? Status { get; init; }

    /// <summary>New person; <see cref="Guid.Empty"/> for nobody.</summary>
    public Guid? AssigneeId { get; init; }

    /// <summary>New priority.</summary>
    public ConversationPriority? Priority { get; init; }

    /// <summary>When it comes back (UTC); setting it alone snoozes.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>All labels it shall have.</summary>
    public IReadOnlyList<Guid>? Labels { get; init; }
}

using System.Globalization;
using Omni.Core.Inbox;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>What the buttons of drawn markup ask for. What a browser sends is read like any other input: what makes no sense is nothing.</summary>
public static class Acts
{
    /// <summary>Give the conversation to a person; the empty id for nobody.</summary>
    public const string Assign = "assign";

    /// <summary>Let it rest until a moment (UTC).</summary>
    public const string Snooze = "snooze";

    /// <summary>Let it rest until a time of the reader's own clock.</summary>
    public const string SnoozeUntil = "snooze-until";

    /// <summary>Change how urgent it is.</summary>
    public const string Priority = "priority";

    /// <summary>Change where it stands.</summary>
    public const string Status = "status";

    /// <summary>Mark it as unread.</summary>
    public const string Unread = "unread";

    /// <summary>Send a failed message again.</summary>
    public const string Retry = "retry";

    /// <summary>Send a message again that may have arrived.</summary>
    public const string RetryUnknown = "retry-unknown";

    /// <summary>Say whether the reader takes conversations.</summary>
    public const string Availability = "availability";

    /// <summary>The change of conversations that is asked for; null when it is none of these.</summary>
    public static ConversationPatch? PatchOf(ActEventArgs act, Reader reader)
    {
        ArgumentNullException.ThrowIfNull(act);
        return act.Act switch
        {
            Assign when Guid.TryParse(act.Value, out var person) => new ConversationPatch { AssigneeId = person },
            Snooze when DateTimeOffset.TryParse(act.Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at) => new ConversationPatch { SnoozedUntil = at },
            SnoozeUntil when DateTime.TryParse(act.Value, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) => new ConversationPatch { SnoozedUntil = SnoozePresets.Moment(reader, wall) },
            Priority when Read<ConversationPriority>(act.Value) is { } priority => new ConversationPatch { Priority = priority },
            Status when Read<ConversationStatus>(act.Value) is { } status => new ConversationPatch { Status = status },
            _ => null,
        };
    }

    private static T? Read<T>(string value)
        where T : struct, Enum => Enum.TryParse<T>(value, out var known) && Enum.IsDefined(known) ? known : null;
}

using Omni.Core.Notifications;

namespace Omni.Web.Notifications;

/// <summary>A notification in the shape of the contract.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">assigned, message, unassigned, mention, channel, failed or test.</param>
/// <param name="Title">Who or what, in one line.</param>
/// <param name="Text">First words of the message, or why something failed.</param>
/// <param name="ConversationId">The conversation it leads to.</param>
/// <param name="MessageId">The message it leads to.</param>
/// <param name="ChannelId">The channel it is about.</param>
/// <param name="Url">Where it leads, below the program's address.</param>
/// <param name="ReadAt">When the person saw it.</param>
/// <param name="CreatedAt">When it happened.</param>
public sealed record NotificationJson(
    Guid Id, NotificationKind Kind, string Title, string Text, Guid? ConversationId, Guid? MessageId, Guid? ChannelId, string Url, DateTimeOffset? ReadAt, DateTimeOffset CreatedAt)
{
    /// <summary>Makes the shape.</summary>
    public static NotificationJson Of(NotificationView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return new NotificationJson(view.Id, view.Kind, view.Title, view.Text, view.ConversationId, view.MessageId, view.ChannelId, view.Href, view.ReadAt, view.CreatedAt);
    }
}

/// <summary>Which notifications were seen.</summary>
/// <param name="Ids">Some of them, at most 200.</param>
/// <param name="All">True for all of them.</param>
public sealed record ReadNotifications(IReadOnlyList<Guid>? Ids = null, bool All = false);

/// <summary>How many notifications are unread.</summary>
/// <param name="Unread">The number; at most 100.</param>
public sealed record UnreadCount(int Unread);

/// <summary>A test is under way.</summary>
/// <param name="Devices">Browsers it is pushed to.</param>
public sealed record TestSent(int Devices);

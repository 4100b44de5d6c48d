using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Core.Notifications;

/// <summary>A notification as it is shown, with the present names and words.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="CreatedAt">When it happened (UTC).</param>
/// <param name="ReadAt">When the person saw it (UTC).</param>
public sealed record NotificationView(Guid Id, NotificationKind Kind, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt)
{
    /// <summary>The conversation it leads to.</summary>
    public Guid? ConversationId { get; init; }

    /// <summary>The message it leads to.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The channel it is about.</summary>
    public Guid? ChannelId { get; init; }

    /// <summary>The customer's name; null when the conversation is gone.</summary>
    public string? ContactName { get; init; }

    /// <summary>The colleague's name; null for customers and the program.</summary>
    public string? ActorName { get; init; }

    /// <summary>The channel's name and platform.</summary>
    public string? ChannelName { get; init; }

    /// <summary>The channel's platform.</summary>
    public ChannelKind? ChannelKind { get; init; }

    /// <summary>First words of the message, or why a channel or a message failed.</summary>
    public string Text { get; init; } = "";

    /// <summary>Who or what, in one line.</summary>
    public string Title => Kind switch
    {
        NotificationKind.Assigned => $"{ActorName ?? "Omni"} assigned {Customer} to you",
        NotificationKind.Message => Customer,
        NotificationKind.Unassigned => $"New conversation with {Customer}",
        NotificationKind.Mention => $"{ActorName ?? "A colleague"} mentioned you",
        NotificationKind.Channel => $"{ChannelName ?? "A channel"} needs attention",
        NotificationKind.Failed => $"Your message to {Customer} was not sent",
        _ => "This is a test",
    };

    /// <summary>The same without anything a customer or colleague wrote.</summary>
    public string Plain => Kind switch
    {
        NotificationKind.Assigned => "A conversation was assigned to you",
        NotificationKind.Message => "New message",
        NotificationKind.Unassigned => "New conversation",
        NotificationKind.Mention => "You were mentioned in a note",
        NotificationKind.Channel => "A channel needs attention",
        NotificationKind.Failed => "A message of yours was not sent",
        _ => "This is a test",
    };

    /// <summary>Where it leads: the conversation with exactly this message in view.</summary>
    public string Href => Kind switch
    {
        NotificationKind.Channel => "/settings/channels",
        NotificationKind.Test => "/settings/notifications",
        _ => ConversationId is not { } conversation ? "/inbox" : $"/inbox/all/{conversation}{(MessageId is { } message ? $"?message={message}" : "")}",
    };

    private string Customer => ContactName ?? "a customer";

    /// <summary>The line under the title for a message.</summary>
    /// <param name="type">Kind of content.</param>
    /// <param name="text">The words.</param>
    public static string Line(string type, string? text) => Preview.Of(type, text);
}

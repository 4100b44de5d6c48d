using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>A conversation as the API shows it.</summary>
/// <param name="Id">Identity.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="Kind">The channel's platform.</param>
/// <param name="ChannelName">The channel's name.</param>
/// <param name="Contact">The customer.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Subject">Subject, where the platform has one.</param>
/// <param name="ThreadKey">The platform's thread; empty for direct messages.</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="AssigneeId">Who takes care.</param>
/// <param name="TeamId">The team that takes care.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Unread">Whether something came since the caller last looked.</param>
/// <param name="LastSeq">The newest message's seq.</param>
/// <param name="LastReadSeq">How far the caller has read.</param>
/// <param name="LastMessage">The newest message; null before the first.</param>
/// <param name="LastActivityAt">Newest message of either side.</param>
/// <param name="WaitingSince">Since when the customer waits for an answer.</param>
/// <param name="WindowUntil">Until when free replies are allowed.</param>
/// <param name="HasWindow">Whether the platform limits free replies in time.</param>
/// <param name="SnoozedUntil">When it comes back.</param>
/// <param name="Sandbox">Whether it belongs to a play channel.</param>
/// <param name="Version">Rises with every change; <c>ifVersion</c> of a reply compares it.</param>
/// <param name="CreatedAt">When it began.</param>
public sealed record ConversationJson(
    Guid Id, Guid ChannelId, ChannelKind Kind, string ChannelName, ConversationContactJson Contact, ConversationStatus Status, string? Subject,
    string ThreadKey, ConversationPriority Priority, Guid? AssigneeId, Guid? TeamId, IReadOnlyList<LabelView> Labels, bool Unread, int LastSeq,
    int LastReadSeq, LastMessageJson? LastMessage, DateTimeOffset LastActivityAt, DateTimeOffset? WaitingSince, DateTimeOffset? WindowUntil,
    bool HasWindow, DateTimeOffset? SnoozedUntil, bool Sandbox, long Version, DateTimeOffset CreatedAt)
{
    /// <summary>The shape of a list item.</summary>
    public static ConversationJson Of(ConversationItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var row = item.Row;
        return new ConversationJson(
            row.Id, row.ChannelId, row.Kind, row.ChannelName, new ConversationContactJson(row.ContactId, row.ContactName, row.ContactAvatarUrl), row.Status,
            row.Subject, row.ThreadKey, row.Priority, row.AssigneeId, row.TeamId, row.Labels, item.Unread, row.LastSeq, item.LastReadSeq,
            row.LastMessageId is { } last ? new LastMessageJson(last, row.LastMessageDirection, row.LastMessagePreview, row.LastMessageStatus, row.LastActivityAt) : null,
            row.LastActivityAt, row.WaitingSince, row.WindowUntil, row.HasWindow, row.SnoozedUntil, row.Sandbox, row.Version, row.CreatedAt);
    }
}

/// <summary>The customer of a conversation.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name as the team sees it.</param>
/// <param name="AvatarUrl">Where the picture is.</param>
public sealed record ConversationContactJson(Guid Id, string Name, string? AvatarUrl);

/// <summary>The newest message of a conversation.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Direction">Which way it went.</param>
/// <param name="Preview">First words or kind of content.</param>
/// <param name="Status">How far it got, for outgoing ones.</param>
/// <param name="At">When.</param>
public sealed record LastMessageJson(Guid Id, MessageDirection? Direction, string Preview, MessageStatus? Status, DateTimeOffset At);

/// <summary>How many conversations each view has; counts stop at 100.</summary>
/// <param name="Mine">Open and the caller's.</param>
/// <param name="Unassigned">Open and nobody's.</param>
/// <param name="All">Open.</param>
/// <param name="Waiting">Open, and the customer waits.</param>
/// <param name="Closing">Open, and the reply window closes within four hours.</param>
/// <param name="Snoozed">Snoozed.</param>
/// <param name="MineUnread">The caller's, with something new.</param>
/// <param name="Channels">Open ones by channel id.</param>
/// <param name="Labels">Open ones by label id.</param>
public sealed record CountsJson(
    int Mine, int Unassigned, int All, int Waiting, int Closing, int Snoozed, int MineUnread,
    IReadOnlyDictionary<Guid, int> Channels, IReadOnlyDictionary<Guid, int> Labels)
{
    /// <summary>The shape of the counts.</summary>
    public static CountsJson Of(InboxCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return new CountsJson(
            counts.Mine, counts.Unassigned, counts.All, counts.Waiting, counts.WindowClosing, counts.Snoozed, counts.MineUnread, counts.Channels, counts.Labels);
    }
}

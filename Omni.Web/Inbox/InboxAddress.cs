using System.Text;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>The whole state of the inbox page as its address says it: what is listed and what is open. Every state can be reached, shared and gone back to.</summary>
/// <param name="View">Which view.</param>
public sealed record InboxAddress(InboxView View)
{
    private const int MaxSearch = 200;

    /// <summary>Which states; the view's own when null.</summary>
    public ConversationStatus? Status { get; init; }

    /// <summary>Words to search.</summary>
    public string? Search { get; init; }

    /// <summary>Only of this channel.</summary>
    public Guid? Channel { get; init; }

    /// <summary>Only with this label.</summary>
    public Guid? Label { get; init; }

    /// <summary>Only with something new.</summary>
    public bool Unread { get; init; }

    /// <summary>Oldest first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>What is open; null when nothing is.</summary>
    public Guid? Conversation { get; init; }

    /// <summary>The message to show in the open conversation; null for its end.</summary>
    public Guid? Message { get; init; }

    /// <summary>True for views whose states can be chosen by tabs.</summary>
    public bool HasTabs => View is InboxView.Mine or InboxView.Unassigned or InboxView.All;

    /// <summary>The states listed: what the tabs choose.</summary>
    public ConversationStatus Tab => View == InboxView.Snoozed ? ConversationStatus.Snoozed : HasTabs ? Status ?? ConversationStatus.Open : ConversationStatus.Open;

    /// <summary>Reads the parts of an address; what makes no sense is left out.</summary>
    public static InboxAddress Read(string? view, Guid? conversation, string? status, string? q, string? channel, string? label, string? unread, string? sort) =>
        new(Enum.TryParse<InboxView>(view, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : InboxView.Mine)
        {
            Conversation = conversation,
            Status = Enum.TryParse<ConversationStatus>(status, ignoreCase: true, out var chosen) && Enum.IsDefined(chosen) ? chosen : null,
            Search = string.IsNullOrWhiteSpace(q) ? null : q.Trim()[..Math.Min(q.Trim().Length, MaxSearch)],
            Channel = Guid.TryParse(channel, out var c) ? c : null,
            Label = Guid.TryParse(label, out var l) ? l : null,
            Unread = unread == "true",
            OldestFirst = sort == "oldest",
        };

    /// <summary>The address.</summary>
    public string Href
    {
        get
        {
            var href = new StringBuilder("/inbox/").Append(View.ToString().ToLowerInvariant());
            if (Conversation is { } open)
            {
                href.Append('/').Append(open);
            }

            var mark = '?';
            void Add(string name, string? value)
            {
                if (value is not null)
                {
                    href.Append(mark).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                    mark = '&';
                }
            }

            Add("status", HasTabs && Status is { } status && status != ConversationStatus.Open ? status.ToString().ToLowerInvariant() : null);
            Add("q", Search);
            Add("channel", Channel?.ToString());
            Add("label", Label?.ToString());
            Add("unread", Unread ? "true" : null);
            Add("sort", OldestFirst ? "oldest" : null);
            Add("message", Conversation is null ? null : Message?.ToString());
            return href.ToString();
        }
    }

    /// <summary>What to list for a reader.</summary>
    public ConversationQuery Query(Guid reader) => new()
    {
        // A search looks everywhere: whoever searches does not know where it went.
        Statuses = Search is not null && Status is null ? [] : [Tab],
        Assignee = View switch
        {
            InboxView.Mine => AssigneeFilter.Person(reader),
            InboxView.Unassigned => AssigneeFilter.Nobody,
            _ => AssigneeFilter.Everybody,
        },
        WaitingOnly = View == InboxView.Waiting,
        WindowClosing = View == InboxView.Closing,
        ChannelId = Channel,
        LabelId = Label,
        UnreadOnly = Unread,
        Search = Search,
        OldestFirst = OldestFirst,
    };
}

/// <summary>The views that everybody has.</summary>
public enum InboxView
{
    /// <summary>Assigned to the reader.</summary>
    Mine,

    /// <summary>Nobody's.</summary>
    Unassigned,

    /// <summary>Everybody's.</summary>
    All,

    /// <summary>The customer waits.</summary>
    Waiting,

    /// <summary>The reply window closes within four hours.</summary>
    Closing,

    /// <summary>Comes back later.</summary>
    Snoozed,
}

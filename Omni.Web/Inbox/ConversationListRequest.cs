using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>The filters of the conversation list as they stand in the address.</summary>
public sealed class ConversationListRequest
{
    /// <summary>open, pending, snoozed, resolved, spam, several with commas, or all (everything but spam). Open when nothing narrows the list.</summary>
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    /// <summary>me, none or the id of a member.</summary>
    [FromQuery(Name = "assignee")]
    public string? Assignee { get; init; }

    /// <summary>Only of this channel.</summary>
    [FromQuery(Name = "channel")]
    public Guid? Channel { get; init; }

    /// <summary>Only with this label.</summary>
    [FromQuery(Name = "label")]
    public Guid? Label { get; init; }

    /// <summary>Only of this customer.</summary>
    [FromQuery(Name = "contact")]
    public Guid? Contact { get; init; }

    /// <summary>Only with something new for the caller.</summary>
    [FromQuery(Name = "unread")]
    public bool Unread { get; init; }

    /// <summary>Words to search in messages and customers' names.</summary>
    [FromQuery(Name = "q")]
    public string? Q { get; init; }

    /// <summary>mine, unassigned, all, waiting, closing or snoozed.</summary>
    [FromQuery(Name = "view")]
    public string? View { get; init; }

    /// <summary>newest (default) or oldest activity first.</summary>
    [FromQuery(Name = "sort")]
    public string? Sort { get; init; }

    /// <summary>A <c>nextCursor</c> of this list.</summary>
    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    /// <summary>Rows of a page, 1–200; 50 when missing.</summary>
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>The query, or which filter has a wrong value.</summary>
    internal Result<ConversationQuery> ToQuery(Actor actor)
    {
        if (!TryStatuses(out var statuses))
        {
            return new Refusal.Invalid("status", "open, pending, snoozed, resolved, spam (several with commas) or all is expected.");
        }

        if (!TryAssignee(actor, out var assignee))
        {
            return new Refusal.Invalid("assignee", "me, none or the id of a member is expected.");
        }

        if (Sort is not (null or "" or "newest" or "oldest"))
        {
            return new Refusal.Invalid("sort", "newest or oldest is expected.");
        }

        if (Q?.Length > 200)
        {
            return new Refusal.Invalid("q", "Search for at most 200 characters.");
        }

        var query = new ConversationQuery
        {
            Statuses = statuses,
            Assignee = assignee,
            ChannelId = Channel,
            LabelId = Label,
            ContactId = Contact,
            UnreadOnly = Unread,
            Search = string.IsNullOrWhiteSpace(Q) ? null : Q,
            OldestFirst = Sort == "oldest",
            Cursor = string.IsNullOrEmpty(Cursor) ? null : Cursor,
            Limit = Core.Common.Cursor.Limit(Limit),
        };
        return View switch
        {
            null or "" or "all" => query,
            "mine" => query with { Assignee = AssigneeFilter.Person(actor.UserId) },
            "unassigned" => query with { Assignee = AssigneeFilter.Nobody },
            "waiting" => query with { WaitingOnly = true },
            "closing" => query with { WindowClosing = true },
            "snoozed" => query with { Statuses = [ConversationStatus.Snoozed] },
            _ => new Refusal.Invalid("view", "mine, unassigned, all, waiting, closing or snoozed is expected."),
        };
    }

    private bool TryStatuses(out IReadOnlyList<ConversationStatus> statuses)
    {
        statuses = Status is null or "" && Q is null && Contact is null ? [ConversationStatus.Open] : [];
        if (Status is null or "" or "all")
        {
            return true;
        }

        var parts = Status.Split(',', StringSplitOptions.TrimEntries);
        statuses = [.. parts.Where(p => Names.TryParse<ConversationStatus>(p, out _)).Select(Names.Parse<ConversationStatus>).Distinct()];
        return parts.All(p => Names.TryParse<ConversationStatus>(p, out _));
    }

    private bool TryAssignee(Actor actor, out AssigneeFilter assignee)
    {
        assignee = Assignee switch
        {
            null or "" => AssigneeFilter.Everybody,
            "me" => AssigneeFilter.Person(actor.UserId),
            "none" => AssigneeFilter.Nobody,
            _ => AssigneeFilter.Person(Guid.TryParse(Assignee, out var id) ? id : Guid.Empty),
        };
        return assignee is not { Kind: AssigneeKind.Person } || assignee.UserId != Guid.Empty || Assignee == "me";
    }
}

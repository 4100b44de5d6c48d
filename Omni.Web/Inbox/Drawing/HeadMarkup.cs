using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>The head of an open conversation in pieces; each is drawn anew only when something in it changed.</summary>
internal static class HeadMarkup
{
    private static readonly DrawnOnce<ConversationRow, (string Back, string Viewers)> Whos = new();
    private static readonly DrawnOnce<ConversationRow, (string Assignee, Guid Viewer, string? Wakes)> Toolses = new();
    private static readonly DrawnOnce<ConversationRow, (string Assignee, int)> Mores = new();

    /// <summary>Who writes, and where.</summary>
    /// <param name="row">The conversation.</param>
    /// <param name="back">Where the list is.</param>
    /// <param name="viewers">Who else looks; empty when nobody does.</param>
    internal static Html Who(ConversationRow row, string back, string viewers) => Whos.Of(row, (back, viewers), 0, static (row, look, _) => Html.Of($"""
        <a class="btn btn--quiet btn--icon back" href="{look.Back}" aria-label="Back to list" data-back>{Draw.Icon("left")}</a>
        {Draw.Avatar(row.ContactName, row.ContactId, row.ContactAvatarUrl, row.Kind)}
        <div class="conv__who"><h2 tabindex="-1"><bdi>{row.ContactName}</bdi></h2>
        <p>{Html.If(row.Sandbox, $"""<span class="chip chip--note">Sandbox</span> """)}{Platform.Name(row.Kind)} · <bdi>{row.ChannelName}</bdi>{Html.If(row.Subject is { Length: > 0 }, $" · <bdi>{row.Subject}</bdi>")}{Html.If(look.Viewers.Length > 0, $"""<span class="viewers"> · {look.Viewers}</span>""")}</p></div>
        """));

    /// <summary>The buttons.</summary>
    /// <param name="row">The conversation.</param>
    /// <param name="assignee">Who takes care, in words.</param>
    /// <param name="viewer">The reader.</param>
    /// <param name="wakes">When it wakes, in words; null when it does not rest.</param>
    internal static Html Tools(ConversationRow row, string assignee, Guid viewer, string? wakes) =>
        Toolses.Of(row, (assignee, viewer, wakes), 0, static (row, look, _) => DrawTools(row, look.Assignee, look.Viewer, look.Wakes));


    /// <summary>What does not fit beside the name on a phone.</summary>
    internal static Html More(ConversationRow row, string assignee) => Mores.Of(row, (assignee, 0), 0, static (row, look, _) => MenuMarkup.Menu("more", "More", Html.Of($"""
        <button class="menu__item" role="menuitem" type="button" popovertarget="assign">{Draw.Icon("user")}Assign<span class="end"><bdi>{look.Assignee}</bdi></span></button>
        <button class="menu__item" role="menuitem" type="button" popovertarget="snooze">{Draw.Icon("moon")}Snooze</button>
        <button class="menu__item" role="menuitem" type="button" popovertarget="priority">{Draw.Icon("signal")}Priority<span class="end">{row.Priority.ToString()}</span></button>
        <button class="menu__item" role="menuitem" type="button" popovertarget="more" popovertargetaction="hide" data-toggle-context>{Draw.Icon("panel")}About this person</button>
        {(IsDone(row) ? MenuMarkup.Item("more", Acts.Status, nameof(ConversationStatus.Open), Html.Of($"{Draw.Icon("retry")}Reopen")) : default)}
        """)));

    private static Html DrawTools(ConversationRow row, string assignee, Guid viewer, string? wakes)
    {
        var face = row.AssigneeId is { } id ? Draw.Avatar(row.AssigneeName ?? "?", id, css: "avatar--xs") : Draw.Icon("nobody");
        return Html.Of($"""
            <div class="conv__tools">{Html.If(wakes is not null, $"""<span class="chip opt">{Draw.Icon("moon", "s")}{wakes}</span>""")}
            <button class="btn btn--quiet assignee" type="button" popovertarget="assign" data-key="a" data-command="Assign…" aria-label="Assigned to {assignee}">{face}<span><bdi>{assignee}</bdi></span></button>
            <button hidden type="button" data-key="i" data-command="Assign to me" data-act="{Acts.Assign}" data-value="{viewer}"></button>
            <button class="btn btn--quiet btn--icon opt priority--{Names.Of(row.Priority)}" type="button" popovertarget="priority" data-key="p" data-command="Priority…" aria-label="Priority: {Names.Of(row.Priority)}">{Draw.Icon("signal")}</button>
            <button class="btn btn--quiet btn--icon wide" type="button" popovertarget="snooze" data-key="s" data-command="Snooze…" aria-label="Snooze">{Draw.Icon("moon")}</button>
            <button hidden type="button" data-key="u" data-command="Mark as unread" data-act="{Acts.Unread}"></button>
            {(IsDone(row) ? Reopen : Resolve)}
            <button class="btn btn--quiet btn--icon only-phone" type="button" popovertarget="more" aria-label="More">{Draw.Icon("more")}</button>
            <button class="btn btn--quiet btn--icon wide" type="button" data-toggle-context data-command="Show or hide the context" aria-label="Context">{Draw.Icon("panel")}</button></div>
            """);
    }

    private static Html Reopen => Html.Of(
        $"""<button class="btn wide" type="button" data-key="e" data-command="Reopen" data-act="{Acts.Status}" data-value="{nameof(ConversationStatus.Open)}">{Draw.Icon("retry", "s")}Reopen</button>""");

    private static Html Resolve => Html.Of($"""
        <span class="split wide"><button class="btn" type="button" data-key="e" data-command="Resolve" data-act="{Acts.Status}" data-value="{nameof(ConversationStatus.Resolved)}">{Draw.Icon("check", "s")}Resolve</button><button class="btn" type="button" popovertarget="resolve" aria-label="More ways to resolve">{Draw.Icon("down", "s")}</button></span>
        <button class="btn btn--quiet btn--icon only-phone" type="button" aria-label="Resolve" data-act="{Acts.Status}" data-value="{nameof(ConversationStatus.Resolved)}">{Draw.Icon("check")}</button>
        """);

    private static bool IsDone(ConversationRow row) => row.Status is ConversationStatus.Resolved or ConversationStatus.Spam or ConversationStatus.Snoozed;
}

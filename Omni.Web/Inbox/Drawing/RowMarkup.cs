using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>A conversation's row as one piece of markup. Fifty of them are most of what a list is made of.</summary>
internal static class RowMarkup
{
    private const int MostLabels = 2;

    private static readonly DrawnOnce<ConversationRow, RowLook> Drawn = new();

    /// <summary>The row, drawn once for all circuits of this node that show it alike. Words that depend on the time may be older; the browser puts them right before they are seen (times.js).</summary>
    internal static Html Shared(ConversationRow row, RowLook look, Reader reader, TimeProvider clock) =>
        Drawn.Of(row, look, (reader, clock), static (row, look, with) => Of(row, look, with.reader, with.clock.GetUtcNow()));

    /// <summary>By what a page finds the row again when it moves.</summary>
    internal static object KeyOf(ConversationRow row) => Drawn.KeyOf(row, static r => r.Id);

    /// <summary>The row, drawn now.</summary>
    internal static Html Of(ConversationRow row, RowLook look, Reader reader, DateTimeOffset now)
    {
        var item = new ConversationItem(row, look.Unread ? row.LastUnreadSeq - 1 : row.LastUnreadSeq, look.Draft);
        var first = look.Box is { } isPicked
            ? Html.Of($"""<span class="box {(isPicked ? "on" : "")}" aria-hidden="true">{(isPicked ? Draw.Icon("check", "s") : default)}</span>""")
            : Draw.Avatar(row.ContactName, row.ContactId, row.ContactAvatarUrl, row.Kind);
        return Html.Of($"""
            <a class="row {(look.Unread ? "row--unread" : "")}" role="option" id="c-{row.Id:N}" data-id="{row.Id}" href="{look.Place.Before}{row.Id}{look.Place.After}" aria-selected="{(look.Open || look.Box == true ? "true" : "false")}" aria-label="{RowWords.Name(item, now)}" tabindex="{(look.Open ? "0" : "-1")}">{first}<div>
            <div class="row__line"><span class="row__name"><bdi>{row.ContactName}</bdi></span>{Draw.Ago(row.LastInboundAt ?? row.LastActivityAt, now, reader, "row__time")}</div>
            <div class="row__line"><span class="row__text">{Words(row, look.Draft)}</span>{Html.If(look.Unread, $"""<i class="dot"></i>""")}</div>
            <div class="row__line">{Assignee(row, look.Place)}{Html.If(row.Sandbox, $"""<span class="chip chip--note">Sandbox</span>""")}{Html.Join(row.Labels.Take(MostLabels).Select(Draw.Label))}{Priority(row)}{End(row, reader, now)}</div>
            </div></a>
            """);
    }

    private static Html Words(ConversationRow row, string? draft) => row switch
    {
        _ when draft is not null => Html.Of($"<em>Draft:</em> <bdi>{draft}</bdi>"),
        _ when RowWords.Failed(row) => Html.Of($"{Draw.Icon("error", "s")}<b>Failed to send</b> · <bdi>{row.LastMessagePreview}</bdi>"),
        { LastMessageDirection: MessageDirection.Out } => Html.Of($"{Draw.Icon("out", "s")}<bdi>{row.LastMessagePreview}</bdi>"),
        { LastMessageDirection: MessageDirection.Internal } => Html.Of($"{Draw.Icon("lock", "s")}<bdi>{row.LastMessagePreview}</bdi>"),
        _ => Html.Of($"<bdi>{row.LastMessagePreview}</bdi>"),
    };

    private static Html Assignee(ConversationRow row, RowPlace place) => place.NamesAssignee && row.AssigneeId is { } assignee
        ? Html.Of($"""<span title="{row.AssigneeName}">{Draw.Avatar(row.AssigneeName ?? "?", assignee, css: "avatar--xs")}</span>""")
        : default;

    private static Html Priority(ConversationRow row) => row.Priority switch
    {
        ConversationPriority.High => Html.Of($"""<span class="chip chip--bad">High</span>"""),
        ConversationPriority.Medium => Html.Of($"""<span class="chip chip--warn">Medium</span>"""),
        _ => default,
    };

    private static Html End(ConversationRow row, Reader reader, DateTimeOffset now)
    {
        if (row.Status == ConversationStatus.Snoozed && row.SnoozedUntil is { } until)
        {
            return Html.Of($"""<span class="chip row__end">{Draw.Icon("moon", "s")}{reader.Soon(until, now)}</span>""");
        }

        if (RowWords.WindowOf(row, now) is not { } window)
        {
            return default;
        }

        var end = row.WindowUntil is { } at ? Html.Of($"""data-until="{at}" """) : default;
        return Html.Of($"""<span class="chip {(window.Tone.Length > 0 ? $"chip--{window.Tone}" : "")} row__end" {end}>{Draw.Icon(window.Tone == "bad" ? "lock" : "hourglass", "s")}<span>{window.Words}</span></span>""");
    }
}

using Omni.Core.Inbox;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>What stands between the messages: what happened to the conversation, and notes.</summary>
internal static class LineMarkup
{
    /// <summary>A line about what happened.</summary>
    internal static Html Line(MessageView line, Reader reader, DateTimeOffset now)
    {
        var at = TimelinePart.At(line);
        return Html.Of($"""<p class="system" title="{reader.Exact(at)}" data-seq="{line.Seq}">{ActivityWords.Of(line, reader, now)}<time>{reader.Clock(at)}</time></p>""");
    }

    /// <summary>A note of the team.</summary>
    internal static Html Note(MessageView note, Reader reader, IReadOnlyList<MemberView> people)
    {
        var at = TimelinePart.At(note);
        var client = Html.If(note.ClientId is not null, $""" data-client-id="{note.ClientId ?? default}" """);
        return Html.Of($"""
            <div class="note" id="m{note.Id:N}" tabindex="-1" data-seq="{note.Seq}" data-mid="{note.Id}"{client} role="article" aria-label="Note by {note.AuthorName ?? "somebody"}">
            {Draw.Avatar(note.AuthorName ?? "?", note.AuthorId ?? Guid.Empty, css: "avatar--s")}
            <div><div class="note__head">{Draw.Icon("lock", "s")}<b>Note</b> · <bdi>{note.AuthorName ?? "somebody who left"}</bdi> · <time title="{reader.Exact(at)}">{reader.Clock(at)}</time></div>{WordMarkup.Of(note.Text, people: people)}</div></div>
            """);
    }
}

using Omni.Core.Inbox;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox.Drawing;

/// <summary>What people write: addresses become links, names of colleagues in notes are marked, everything else stays text.</summary>
internal static class WordMarkup
{
    /// <summary>A paragraph; nothing without words.</summary>
    /// <param name="text">As written.</param>
    /// <param name="css">Classes of the paragraph.</param>
    /// <param name="people">Whose names are marked; null for nobody's.</param>
    internal static Html Of(string? text, string css = "", IReadOnlyList<MemberView>? people = null) =>
        Html.If(!string.IsNullOrEmpty(text), $"""<p class="{css}" dir="auto">{Html.Join(Links.Cut(text ?? "").Select(piece => Piece(piece, people)))}</p>""");

    private static Html Piece(Links.Piece piece, IReadOnlyList<MemberView>? people) => (piece, people) switch
    {
        ({ Href: not null }, _) => Html.Of($"""<a href="{piece.Href}" target="_blank" rel="noopener noreferrer nofollow">{piece.Words}</a>"""),
        (_, null) => Html.Of($"{piece.Words}"),
        _ => Html.Join(Mentions.Cut(piece.Words, people).Select(m => m.IsName ? Html.Of($"""<span class="mention">{m.Words}</span>""") : Html.Of($"{m.Words}"))),
    };
}

using System.Globalization;

namespace Omni.Web.Inbox;

/// <summary>Finds web and mail addresses in what people write. Nothing else becomes a link, and the words stay what they were.</summary>
public static class Links
{
    private static readonly string[] Beginnings = ["https://", "http://", "mailto:"];

    /// <summary>A piece of text, with an address when it is one.</summary>
    /// <param name="Words">As written.</param>
    /// <param name="Href">Where it leads; null for plain words.</param>
    public readonly record struct Piece(string Words, string? Href);

    /// <summary>Cuts text into plain words and addresses.</summary>
    public static List<Piece> Cut(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<Piece>();
        var plain = 0;
        for (var at = 0; at < text.Length;)
        {
            if (!Begins(text, at))
            {
                at++;
                continue;
            }

            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]) && !char.IsControl(text[end]) && char.GetUnicodeCategory(text[end]) != UnicodeCategory.Format && text[end] is not ('<' or '>' or '"'))
            {
                end++;
            }

            end = WithoutClosing(text, at, end);
            if (!IsSafe(text[at..end]))
            {
                at++;
                continue;
            }

            if (at > plain)
            {
                pieces.Add(new Piece(text[plain..at], null));
            }

            pieces.Add(new Piece(text[at..end], text[at..end]));
            plain = at = end;
        }

        if (plain < text.Length)
        {
            pieces.Add(new Piece(text[plain..], null));
        }

        return pieces;
    }

    private static bool Begins(string text, int at) =>
        (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
        && Array.Exists(Beginnings, b => string.Compare(text, at, b, 0, b.Length, StringComparison.OrdinalIgnoreCase) == 0);

    // A full stop ends the sentence, not the address; a bracket belongs to it only when it was opened inside.
    private static int WithoutClosing(string text, int start, int end)
    {
        while (end > start)
        {
            var last = text[end - 1];
            var unopened = last is ')' && text.AsSpan(start, end - start).Count('(') < text.AsSpan(start, end - start).Count(')');
            if (!unopened && last is not ('.' or ',' or ';' or ':' or '!' or '?' or '\'' or '*' or '_'))
            {
                break;
            }

            end--;
        }

        return end;
    }

    private static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && ((uri.Scheme is "http" or "https" && uri.Host.Length > 0 && uri.UserInfo.Length == 0) || (uri.Scheme == "mailto" && address.Contains('@', StringComparison.Ordinal)));
}

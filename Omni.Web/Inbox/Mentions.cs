using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>Finds the names of colleagues in a note, so that they can be marked.</summary>
public static class Mentions
{
    /// <summary>Cuts a text into names with their <c>@</c> and what is between them.</summary>
    public static IEnumerable<(string Words, bool IsName)> Cut(string text, IReadOnlyList<MemberView> people)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(people);
        var from = 0;
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = at + 1 < text.Length ? text.IndexOf('@', at + 1) : -1)
        {
            // The longest name counts: "@Ann Berg" is not "@Ann".
            var name = people.Select(p => p.Name).Where(n => n.Length > 0 && string.CompareOrdinal(text, at + 1, n, 0, n.Length) == 0).MaxBy(n => n.Length);
            if (name is null)
            {
                continue;
            }

            if (at > from)
            {
                yield return (text[from..at], false);
            }

            from = at + 1 + name.Length;
            yield return (text[at..from], true);
        }

        if (from < text.Length)
        {
            yield return (text[from..], false);
        }
    }
}

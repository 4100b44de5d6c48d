using System.Globalization;
using System.Text;

namespace Omni.Core.Media;

/// <summary>Makes file names harmless: they are shown, sent to platforms and offered for saving, but never used as a path.</summary>
public static class FileNames
{
    private const int Length = 150;

    /// <summary>The last part of a path without control characters, marks that reverse the reading direction, and characters that file systems refuse.</summary>
    public static string Clean(string? name)
    {
        var last = (name ?? "").Split('/', '\\')[^1];
        var clean = new StringBuilder();
        foreach (var rune in last.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (rune != Rune.ReplacementChar && category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse) && !"<>:\"|?*".Contains((char)rune.Value, StringComparison.Ordinal))
            {
                clean.Append(rune);
            }
        }

        var text = clean.ToString().Trim(' ', '.');
        if (text.Length <= Length)
        {
            return text.Length == 0 ? "file" : text;
        }

        var extension = Path.GetExtension(text);
        extension = extension.Length > 12 ? "" : extension;
        var cut = Length - extension.Length;
        return text[..(char.IsHighSurrogate(text[cut - 1]) ? cut - 1 : cut)] + extension;
    }
}

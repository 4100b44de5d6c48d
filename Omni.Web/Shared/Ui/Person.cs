using System.Globalization;
using System.Text;

namespace Omni.Web.Shared.Ui;

/// <summary>How people without a picture are drawn.</summary>
public static class Person
{
    private const int Hues = 6;

    /// <summary>One of six grounds, 1–6, always the same for the same id.</summary>
    public static int Hue(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        var sum = 0;
        foreach (var value in bytes)
        {
            sum += value;
        }

        return (sum % Hues) + 1;
    }

    /// <summary>First letters of first and last word; of a phone number the last two digits; "?" for nothing.</summary>
    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var letters = words.Select(FirstLetter).Where(l => l.Length > 0).ToArray();
        if (letters.Length > 0)
        {
            return letters.Length == 1 ? letters[0] : letters[0] + letters[^1];
        }

        var digits = string.Concat(name.Where(char.IsAsciiDigit));
        return digits.Length > 1 ? digits[^2..] : "?";
    }

    /// <summary>True for addresses a picture may be loaded from: our own, or https.</summary>
    public static bool IsSafePicture(string? url) =>
        url is not null && ((url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal)) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase));

    private static string FirstLetter(string word)
    {
        foreach (var rune in word.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
            {
                return Rune.ToUpper(rune, CultureInfo.InvariantCulture).ToString();
            }
        }

        return "";
    }
}

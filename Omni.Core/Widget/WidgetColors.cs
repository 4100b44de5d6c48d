using System.Globalization;

namespace Omni.Core.Widget;

/// <summary>Colours of a website chat: which text can be read on the one the organization chose, and how it must look on a dark page.</summary>
public static class WidgetColors
{
    /// <summary>Least contrast of text, as WCAG 2.2 AA asks for.</summary>
    public const double Readable = 4.5;

    private const string White = "#ffffff";
    private const string Black = "#000000";

    // The panel's ground in the dark theme: the chosen colour is made lighter until it stands out from it.
    private const string DarkGround = "#15181e";

    /// <summary>True for <c>#rrggbb</c>.</summary>
    public static bool IsColor(string? text) => text is ['#', _, _, _, _, _, _] && text.Skip(1).All(char.IsAsciiHexDigit);

    /// <summary>Contrast of two colours, from 1 to 21.</summary>
    public static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>White or black, whichever is easier to read on a colour. One of the two always reaches <see cref="Readable"/>.</summary>
    public static string On(string color) => Contrast(color, White) >= Readable ? White : Black;

    /// <summary>The colour as it is shown on a dark page: the same, or so much lighter that it stands out.</summary>
    public static string Dark(string color)
    {
        var shown = color;
        for (var step = 1; step <= 20 && Contrast(shown, DarkGround) < Readable; step++)
        {
            shown = Lighter(color, step / 20.0);
        }

        return shown;
    }

    private static string Lighter(string color, double part)
    {
        var mixed = Parts(color).Select(p => (int)Math.Round((p * 255) + ((1 - p) * 255 * part)));
        return "#" + string.Concat(mixed.Select(m => m.ToString("x2", CultureInfo.InvariantCulture)));
    }

    private static double Luminance(string color)
    {
        var linear = Parts(color).Select(p => p <= 0.04045 ? p / 12.92 : Math.Pow((p + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }

    private static double[] Parts(string color) =>
        [.. Enumerable.Range(0, 3).Select(i => int.Parse(color.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)];
}

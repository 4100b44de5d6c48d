using System.Globalization;
using Omni.Core.Widget;

namespace Omni.Web.Widget;

/// <summary>How the settings of a website chat are said.</summary>
public static class WidgetWords
{
    private const double SeenFromAfar = 3;

    /// <summary>Whether a colour can be read and seen, in words, and whether that is good.</summary>
    public static (bool IsGood, string Words) Contrast(string? color)
    {
        if (!WidgetColors.IsColor(color))
        {
            return (false, "Enter a colour as #2454d6.");
        }

        var on = WidgetColors.On(color!);
        var text = WidgetColors.Contrast(color!, on);
        var ground = WidgetColors.Contrast(color!, "#ffffff");
        var words = $"{(on == "#ffffff" ? "White" : "Black")} text on it: {Ratio(text)}, {(text >= 7 ? "very easy to read" : "easy to read")}.";
        return ground < SeenFromAfar
            ? (false, $"{words} On a white page the button hardly stands out ({Ratio(ground)}); a darker colour is easier to find.")
            : (true, words);
    }

    /// <summary>Name of a language in that language.</summary>
    public static string Language(string code) => CultureInfo.GetCultureInfo(code).NativeName is { Length: > 0 } name && name != code ? $"{char.ToUpperInvariant(name[0])}{name[1..]}" : code;

    private static string Ratio(double contrast) => string.Create(CultureInfo.InvariantCulture, $"{contrast:0.0} to 1");
}

using System.Globalization;
using Omni.Core.Tenancy;

namespace Omni.Web.Tenancy;

/// <summary>What the check of a colour found, in words.</summary>
/// <param name="IsAdjusted">True when another shade is used.</param>
/// <param name="Words">The sentence.</param>
public sealed record BrandWords(bool IsAdjusted, string Words)
{
    /// <summary>One sentence for each theme.</summary>
    public static IReadOnlyList<BrandWords> Of(BrandColors colors)
    {
        ArgumentNullException.ThrowIfNull(colors);
        return [Of(colors.Light, "light pages", "pale"), Of(colors.Dark, "dark pages", "dark")];
    }

    private static BrandWords Of(BrandShade shade, string where, string fault)
    {
        var text = $"{(shade.OnBrand == "#ffffff" ? "White" : "Black")} text on it has {Ratio(shade.TextContrast)}.";
        return shade.IsAdjusted
            ? new(true, $"On {where} it is too {fault} ({Ratio(shade.ChosenContrast)}, at least {Ratio(BrandColors.ShapeContrast)} is needed): Omni uses {shade.Brand} there. {text}")
            : new(false, $"On {where} it stands out well ({Ratio(shade.ChosenContrast)}). {text}");
    }

    private static string Ratio(double contrast) => $"{(Math.Floor(contrast * 10) / 10).ToString("0.#", CultureInfo.InvariantCulture)}:1";
}

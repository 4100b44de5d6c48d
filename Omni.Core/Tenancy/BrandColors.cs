using System.Text.RegularExpressions;

namespace Omni.Core.Tenancy;

/// <summary>What an organization's colour becomes on the light and on the dark pages, so that whatever is drawn with it can be seen and read. Where the colour itself does not stand out, the nearest shade that does is used.</summary>
/// <param name="Chosen">The colour as it was entered.</param>
/// <param name="Light">What is used on light ground.</param>
/// <param name="Dark">What is used on dark ground.</param>
public sealed partial record BrandColors(string Chosen, BrandShade Light, BrandShade Dark)
{
    /// <summary>Contrast that shapes need (WCAG 1.4.11).</summary>
    public const double ShapeContrast = 3;

    /// <summary>Contrast that text needs (WCAG 1.4.3).</summary>
    public const double TextContrast = 4.5;

    // The grounds of tokens.css a button, a mark or a word of the colour may stand on, the page's own last.
    private static readonly Rgb[] LightGrounds = [Rgb.Parse("#f1f3f6"), Rgb.Parse("#f6f7f9"), Rgb.Parse("#ffffff")];
    private static readonly Rgb[] DarkGrounds = [Rgb.Parse("#1d222c"), Rgb.Parse("#0f1218"), Rgb.Parse("#161a22")];

    /// <summary>Values for the tokens that belong to the organization.</summary>
    public string Css => $$"""
        :root {
          --brand: light-dark({{Light.Brand}}, {{Dark.Brand}}); --brand-strong: light-dark({{Light.Strong}}, {{Dark.Strong}}); --brand-hover: light-dark({{Light.Hover}}, {{Dark.Hover}});
          --brand-soft: light-dark({{Light.Soft}}, {{Dark.Soft}}); --on-brand: light-dark({{Light.OnBrand}}, {{Dark.OnBrand}});
        }

        """;

    /// <summary>True for <c>#rrggbb</c>.</summary>
    public static bool IsColor(string? text) => text is not null && Pattern().IsMatch(text);

    /// <summary>The shades of a colour; null when the text is no colour.</summary>
    public static BrandColors? Of(string? color)
    {
        if (!IsColor(color))
        {
            return null;
        }

        var chosen = Rgb.Parse(color!);
        return new BrandColors(chosen.Hex, Shade(chosen, LightGrounds, Rgb.Black, 0.10), Shade(chosen, DarkGrounds, Rgb.White, 0.20));
    }

    private static BrandShade Shade(Rgb chosen, Rgb[] grounds, Rgb away, double softness)
    {
        var found = grounds.Min(chosen.Contrast);
        var brand = Until(chosen, away, c => grounds.All(g => c.Contrast(g) >= ShapeContrast));
        var soft = grounds[^1].Mix(brand, softness);
        var strong = Until(brand.Mix(away, 0.12), away, c => c.Contrast(soft) >= TextContrast && grounds.All(g => c.Contrast(g) >= TextContrast));
        var onBrand = brand.Contrast(Rgb.White) >= TextContrast ? Rgb.White : Rgb.Black;
        // Away from the colour of its text, so that the text stays readable while the pointer is on it.
        var hover = brand.Mix(onBrand == Rgb.White ? Rgb.Black : Rgb.White, 0.14);
        return new BrandShade(brand.Hex, strong.Hex, hover.Hex, soft.Hex, onBrand.Hex, brand.Contrast(onBrand), found, brand != chosen);
    }

    private static Rgb Until(Rgb from, Rgb towards, Func<Rgb, bool> isEnough)
    {
        var color = from;
        for (var step = 1; !isEnough(color) && step <= 100; step++)
        {
            color = from.Mix(towards, step / 100.0);
        }

        return color;
    }

    [GeneratedRegex("^#[0-9a-fA-F]{6}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>The colours of one theme, each as <c>#rrggbb</c>.</summary>
/// <param name="Brand">Buttons, marks, selection.</param>
/// <param name="Strong">The same as text.</param>
/// <param name="Hover">Under the pointer.</param>
/// <param name="Soft">A quiet ground.</param>
/// <param name="OnBrand">Text on <paramref name="Brand"/>: white or black.</param>
/// <param name="TextContrast">Contrast of that text, at least 4.5.</param>
/// <param name="ChosenContrast">Contrast of the chosen colour itself against the grounds, the lowest.</param>
/// <param name="IsAdjusted">True when the chosen colour stands out too little and another shade is used.</param>
public sealed record BrandShade(string Brand, string Strong, string Hover, string Soft, string OnBrand, double TextContrast, double ChosenContrast, bool IsAdjusted);

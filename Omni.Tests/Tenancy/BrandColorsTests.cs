using System.Globalization;
using Omni.Core.Tenancy;
using Omni.Web.Tenancy;

namespace Omni.Tests.Tenancy;

public sealed class BrandColorsTests
{
    private static readonly string[] LightGrounds = ["#ffffff", "#f6f7f9", "#f1f3f6"];
    private static readonly string[] DarkGrounds = ["#161a22", "#0f1218", "#1d222c"];

    [Fact]
    public void Whatever_colour_is_chosen_everything_drawn_with_it_can_be_seen_and_read()
    {
        for (var red = 0; red < 256; red += 17)
        {
            for (var green = 0; green < 256; green += 17)
            {
                for (var blue = 0; blue < 256; blue += 17)
                {
                    var colors = BrandColors.Of($"#{red:x2}{green:x2}{blue:x2}")!;
                    Check(colors.Light, LightGrounds, colors.Chosen);
                    Check(colors.Dark, DarkGrounds, colors.Chosen);
                }
            }
        }
    }

    [Fact]
    public void A_colour_that_stands_out_is_used_as_it_is()
    {
        var green = BrandColors.Of("#0B6E4F")!;
        Assert.Equal(("#0b6e4f", "#ffffff", false), (green.Light.Brand, green.Light.OnBrand, green.Light.IsAdjusted));
        Assert.True(green.Dark.IsAdjusted);
        Assert.Contains("too dark", BrandWords.Of(green)[1].Words, StringComparison.Ordinal);
        Assert.Contains(green.Dark.Brand, BrandWords.Of(green)[1].Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("blue")]
    [InlineData("#12345")]
    [InlineData("#12345g")]
    [InlineData("#123456\n")]
    [InlineData("#123456;}")]
    public void What_is_no_colour_never_gets_into_a_style_sheet(string text) => Assert.Null(BrandColors.Of(text));

    private static void Check(BrandShade shade, string[] grounds, string chosen)
    {
        Assert.True(Contrast(shade.OnBrand, shade.Brand) >= 4.5, $"{chosen}: text");
        Assert.True(Contrast(shade.OnBrand, shade.Hover) >= 4.5, $"{chosen}: text under the pointer");
        Assert.True(Contrast(shade.Strong, shade.Soft) >= 4.5, $"{chosen}: words on the quiet ground");
        Assert.All(grounds, ground =>
        {
            Assert.True(Contrast(shade.Brand, ground) >= 3, $"{chosen}: shape on {ground}");
            Assert.True(Contrast(shade.Strong, ground) >= 4.5, $"{chosen}: words on {ground}");
        });
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string hex)
    {
        double Part(int at)
        {
            var value = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
    }
}

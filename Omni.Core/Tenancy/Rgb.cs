using System.Globalization;

namespace Omni.Core.Tenancy;

/// <summary>A colour of the screen (sRGB), each part 0–255.</summary>
internal sealed record Rgb(double Red, double Green, double Blue)
{
    internal static Rgb White { get; } = new(255, 255, 255);

    internal static Rgb Black { get; } = new(0, 0, 0);

    internal string Hex => $"#{(int)Red:x2}{(int)Green:x2}{(int)Blue:x2}";

    /// <summary>Brightness as WCAG 2 defines it, 0–1.</summary>
    private double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    internal static Rgb Parse(string hex) => new(Part(hex, 1), Part(hex, 3), Part(hex, 5));

    /// <summary>Contrast as WCAG 2 defines it, 1–21.</summary>
    internal double Contrast(Rgb other)
    {
        var (a, b) = (Luminance, other.Luminance);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>This colour with a share (0–1) of another, in whole steps as the screen has them.</summary>
    internal Rgb Mix(Rgb other, double share) => new(Between(Red, other.Red, share), Between(Green, other.Green, share), Between(Blue, other.Blue, share));

    private static double Between(double from, double to, double share) => Math.Round(from + ((to - from) * share));

    private static double Linear(double part) => part / 255 <= 0.04045 ? part / 255 / 12.92 : Math.Pow(((part / 255) + 0.055) / 1.055, 2.4);

    private static int Part(string hex, int at) => int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

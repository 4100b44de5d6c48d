namespace Omni.Bench;

/// <summary>Several measurements of the same thing.</summary>
/// <param name="Median">The middle one.</param>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest.</param>
internal sealed record Spread(double Median, double Low, double High)
{
    /// <summary>Of at least one value.</summary>
    internal static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new Spread(Round(sorted[sorted.Length / 2]), Round(sorted[0]), Round(sorted[^1]));
    }

    private static double Round(double value) => Math.Round(value, Math.Abs(value) < 10 ? 3 : 1);
}

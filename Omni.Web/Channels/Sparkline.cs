using System.Globalization;
using System.Text;
using Omni.Core.Channels;

namespace Omni.Web.Channels;

/// <summary>The line of a channel's last days, in a box of 96 by 28.</summary>
public static class Sparkline
{
    private const double Width = 96;
    private const double Top = 3;
    private const double Bottom = 26;

    /// <summary>The path through all days; the highest touches the top, none the bottom.</summary>
    public static string Path(IReadOnlyList<ActivityDay> days)
    {
        ArgumentNullException.ThrowIfNull(days);
        var most = Math.Max(1, days.Max(d => d.Received));
        var path = new StringBuilder();
        for (var i = 0; i < days.Count; i++)
        {
            var x = days.Count == 1 ? 0 : Width * i / (days.Count - 1);
            var y = Bottom - ((Bottom - Top) * days[i].Received / most);
            path.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "M" : "L")}{x:0.#} {y:0.#}");
        }

        return path.ToString();
    }
}

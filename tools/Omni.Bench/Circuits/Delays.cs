using System.Diagnostics;

namespace Omni.Bench.Circuits;

/// <summary>How long marks took to many listeners, in ms.</summary>
/// <param name="P50">The middle one over all listeners and marks.</param>
/// <param name="P99">One in a hundred took longer.</param>
/// <param name="LastP50">Until the last listener had a mark: the middle one over the marks.</param>
/// <param name="LastMax">The longest of these.</param>
/// <param name="Missing">Marks that did not reach a listener, over all listeners.</param>
internal sealed record Delays(double P50, double P99, double LastP50, double LastMax, long Missing)
{
    /// <summary>From when every listener saw each mark. A mark that a newer one of the same row has overtaken counts as missing.</summary>
    internal static Delays Of(IReadOnlyCollection<long> marks, IReadOnlyList<IReadOnlyDictionary<long, long>> listeners)
    {
        var (all, last, missing) = (new List<double>(marks.Count * listeners.Count), new List<double>(marks.Count), 0L);
        foreach (var mark in marks)
        {
            var latest = 0d;
            foreach (var listener in listeners)
            {
                if (listener.TryGetValue(mark, out var at))
                {
                    var delay = Stopwatch.GetElapsedTime(mark, at).TotalMilliseconds;
                    all.Add(delay);
                    latest = Math.Max(latest, delay);
                }
                else
                {
                    missing++;
                }
            }

            last.Add(latest);
        }

        all.Sort();
        last.Sort();
        return new Delays(Part(all, 0.5), Part(all, 0.99), Part(last, 0.5), Part(last, 1), missing);
    }

    private static double Part(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : Math.Round(sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))], 2);
}

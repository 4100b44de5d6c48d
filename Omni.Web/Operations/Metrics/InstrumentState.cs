using System.Diagnostics.Metrics;
using System.Globalization;

namespace Omni.Web.Operations.Metrics;

/// <summary>What was recorded on one instrument so far.</summary>
internal sealed class InstrumentState
{
    /// <summary>Combinations of labels that are told apart; the rest is one series, so that no caller can fill the memory.</summary>
    internal const int MostSeries = 500;

    /// <summary>Label sets that are found without making their name: some ten measurements are taken per request.</summary>
    private const int MostLately = 8;

    private const string Overflow = "overflow";

    // Seconds of web requests, for histograms that name no bounds themselves.
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly List<(KeyValuePair<string, object?>[] Tags, Series Series)> _lately = [];
    private readonly Instrument _instrument;
    private readonly MetricKind _kind;
    private readonly bool _adds;
    private readonly double[] _bounds;

    internal InstrumentState(Instrument instrument)
    {
        _instrument = instrument;
        var type = instrument.GetType().Name;
        _kind = type.StartsWith("Histogram", StringComparison.Ordinal) ? MetricKind.Histogram
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? MetricKind.Counter
            : MetricKind.Gauge;
        _adds = type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("UpDownCounter", StringComparison.Ordinal);
        _bounds = _kind == MetricKind.Histogram ? BoundsOf(instrument) : [];
    }

    /// <summary>Records a value.</summary>
    internal void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            Find(tags).Record(value, _adds, _bounds);
        }
    }

    /// <summary>Forgets what was observed, before it is observed again: what is gone must not be shown any longer.</summary>
    internal void ForgetObserved()
    {
        if (_instrument.IsObservable)
        {
            lock (_gate)
            {
                _series.Clear();
                _lately.Clear();
            }
        }
    }

    /// <summary>The values now; null when nothing was recorded.</summary>
    internal Metric? Read()
    {
        lock (_gate)
        {
            return _series.Count == 0 ? null : new Metric(
                MetricsText.NameOf(_instrument.Name, _instrument.Unit, _kind),
                _kind,
                MetricsText.UnitName(_instrument.Unit),
                _instrument.Description ?? "",
                _bounds,
                [.. _series.Values.Select(s => new MetricSeries(s.Labels, s.Value, s.Buckets?.ToArray()))]);
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Instrument<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Instrument<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        Instrument<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        _ => DefaultBounds,
    };

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (known, series) in _lately)
        {
            if (IsSame(known, tags))
            {
                return series;
            }
        }

        var found = FindByName(tags);
        if (_lately.Count >= MostLately)
        {
            _lately.RemoveAt(0);
        }

        _lately.Add((tags.ToArray(), found));
        return found;
    }

    private static bool IsSame(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length)
        {
            return false;
        }

        for (var i = 0; i < known.Length; i++)
        {
            if (known[i].Key != tags[i].Key || !Equals(known[i].Value, tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    private Series FindByName(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<KeyValuePair<string, string>>(tags.Length);
        foreach (var (key, value) in tags)
        {
            labels.Add(new(key, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
        }

        labels.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var name = string.Join('\u0001', labels.Select(l => $"{l.Key}\u0002{l.Value}"));
        if (_series.TryGetValue(name, out var found))
        {
            return found;
        }

        if (_series.Count >= MostSeries)
        {
            (name, labels) = (Overflow, [new(Overflow, "true")]);
            if (_series.TryGetValue(name, out found))
            {
                return found;
            }
        }

        return _series[name] = new Series(labels, _kind == MetricKind.Histogram ? new long[_bounds.Length + 1] : null);
    }

    private sealed class Series(IReadOnlyList<KeyValuePair<string, string>> labels, long[]? buckets)
    {
        internal IReadOnlyList<KeyValuePair<string, string>> Labels => labels;

        internal long[]? Buckets => buckets;

        internal double Value { get; private set; }

        internal void Record(double value, bool adds, double[] bounds)
        {
            if (buckets is not null)
            {
                // A bucket holds values up to and including its bound.
                var place = Array.BinarySearch(bounds, value);
                buckets[place < 0 ? ~place : place]++;
                Value += value;
            }
            else
            {
                Value = adds ? Value + value : value;
            }
        }
    }
}

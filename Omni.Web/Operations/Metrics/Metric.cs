namespace Omni.Web.Operations.Metrics;

/// <summary>A metric as it is written.</summary>
/// <param name="Name">Its name in the text format.</param>
/// <param name="Kind">Counter, gauge or histogram.</param>
/// <param name="Unit">Its unit in words; null for counts.</param>
/// <param name="Description">One line.</param>
/// <param name="Bounds">Upper bounds of a histogram's buckets, without the last one, infinity.</param>
/// <param name="Series">One per combination of labels.</param>
internal sealed record Metric(
    string Name, MetricKind Kind, string? Unit, string Description, IReadOnlyList<double> Bounds, IReadOnlyList<MetricSeries> Series);

/// <summary>Values of one combination of labels.</summary>
/// <param name="Labels">The labels.</param>
/// <param name="Value">The value; a histogram's sum.</param>
/// <param name="Buckets">How many values fell into each of a histogram's buckets, one more than it has bounds; null otherwise.</param>
internal sealed record MetricSeries(IReadOnlyList<KeyValuePair<string, string>> Labels, double Value, IReadOnlyList<long>? Buckets);

/// <summary>Kinds of metrics, named as in the text format.</summary>
internal enum MetricKind
{
    /// <summary>Only rises.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>Spread of measured values.</summary>
    Histogram,
}

using System.Globalization;
using System.Text;

namespace Omni.Web.Operations.Metrics;

/// <summary>Writes metrics in Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
internal static class MetricsText
{
    /// <summary>The media type of the format.</summary>
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all metrics, by name.</summary>
    internal static string Write(IEnumerable<Metric> metrics)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var metric in metrics.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            WriteMetric(text, metric);
        }

        return text.ToString();
    }

    /// <summary>The name in the format: dots become underscores, the unit and a counter's <c>_total</c> are appended where they are missing.</summary>
    internal static string NameOf(string name, string? unit, MetricKind kind)
    {
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        safe = char.IsAsciiDigit(safe[0]) ? "_" + safe : safe;
        var hasTotal = safe.EndsWith("_total", StringComparison.Ordinal);
        var stem = hasTotal ? safe[..^"_total".Length] : safe;
        if (UnitName(unit) is { } suffix && !stem.EndsWith("_" + suffix, StringComparison.Ordinal))
        {
            stem += "_" + suffix;
        }

        return kind == MetricKind.Counter || hasTotal ? stem + "_total" : stem;
    }

    /// <summary>The unit in words; null for counts of things, which .NET writes in braces.</summary>
    internal static string? UnitName(string? unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "%" => "percent",
        _ => null,
    };

    private static void WriteMetric(StringBuilder text, Metric metric)
    {
        text.Append("# HELP ").Append(metric.Name).Append(' ').Append(Escape(metric.Description, quotes: false)).Append('\n');
        text.Append("# TYPE ").Append(metric.Name).Append(' ').Append(metric.Kind.ToString().ToLowerInvariant()).Append('\n');
        if (metric.Unit is { } unit)
        {
            text.Append("# UNIT ").Append(metric.Name).Append(' ').Append(unit).Append('\n');
        }

        foreach (var series in metric.Series)
        {
            if (series.Buckets is null)
            {
                WriteLine(text, metric.Name, series.Labels, null, series.Value);
                continue;
            }

            long below = 0;
            for (var i = 0; i < series.Buckets.Count; i++)
            {
                below += series.Buckets[i];
                WriteLine(text, metric.Name + "_bucket", series.Labels, i < metric.Bounds.Count ? Number(metric.Bounds[i]) : "+Inf", below);
            }

            WriteLine(text, metric.Name + "_sum", series.Labels, null, series.Value);
            WriteLine(text, metric.Name + "_count", series.Labels, null, below);
        }
    }

    private static void WriteLine(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, string>> labels, string? bound, double value)
    {
        text.Append(name);
        if (labels.Count > 0 || bound is not null)
        {
            text.Append('{');
            text.AppendJoin(',', labels.Select(l => $"{NameOf(l.Key, null, MetricKind.Gauge)}=\"{Escape(l.Value, quotes: true)}\"")
                .Concat(bound is null ? [] : [$"le=\"{bound}\""]));
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escape(string value, bool quotes)
    {
        value = value.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\r", "");
        return quotes ? value.Replace("\"", "\\\"") : value;
    }
}

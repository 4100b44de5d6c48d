using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Operations;
using Omni.Web.Operations.Metrics;

namespace Omni.Tests.Operations;

public sealed class MetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<OmniMetrics>().AddSingleton<MetricsCollector>().BuildServiceProvider();

    private OmniMetrics Metrics => _services.GetRequiredService<OmniMetrics>();

    private MetricsCollector Collector => _services.GetRequiredService<MetricsCollector>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Counters_add_up_per_label()
    {
        _ = Collector;
        Metrics.WebhookAnswered(ChannelKind.WhatsApp, "accepted");
        Metrics.WebhookAnswered(ChannelKind.WhatsApp, "accepted");
        Metrics.WebhookAnswered(ChannelKind.Line, "refused");

        var lines = Lines();

        Assert.Contains("# TYPE omni_webhook_deliveries_total counter", lines);
        Assert.Contains("omni_webhook_deliveries_total{platform=\"whatsapp\",result=\"accepted\"} 2", lines);
        Assert.Contains("omni_webhook_deliveries_total{platform=\"line\",result=\"refused\"} 1", lines);
    }

    [Fact]
    public void Gauges_show_the_last_value_and_pages_the_difference()
    {
        _ = Collector;
        Metrics.FeedLag(TimeSpan.FromSeconds(3));
        Metrics.FeedLag(TimeSpan.FromSeconds(0.25));
        Metrics.Circuits(1);
        Metrics.Circuits(1);
        Metrics.Circuits(-1);

        var lines = Lines();

        Assert.Contains("omni_feed_lag_seconds 0.25", lines);
        Assert.Contains("# UNIT omni_feed_lag_seconds seconds", lines);
        Assert.Contains("omni_circuits 1", lines);
    }

    [Fact]
    public void A_histogram_counts_values_up_to_and_including_each_bound()
    {
        _ = Collector;
        Metrics.Sent(ChannelKind.WhatsApp, "accepted", TimeSpan.FromSeconds(0.5));
        Metrics.Sent(ChannelKind.WhatsApp, "accepted", TimeSpan.FromSeconds(0.6));
        Metrics.Sent(ChannelKind.WhatsApp, "accepted", TimeSpan.FromSeconds(90));

        var lines = Lines();

        Assert.Contains("omni_send_seconds_bucket{platform=\"whatsapp\",le=\"0.25\"} 0", lines);
        Assert.Contains("omni_send_seconds_bucket{platform=\"whatsapp\",le=\"0.5\"} 1", lines);
        Assert.Contains("omni_send_seconds_bucket{platform=\"whatsapp\",le=\"1\"} 2", lines);
        Assert.Contains("omni_send_seconds_bucket{platform=\"whatsapp\",le=\"+Inf\"} 3", lines);
        Assert.Contains("omni_send_seconds_count{platform=\"whatsapp\"} 3", lines);
        Assert.Contains("omni_send_seconds_sum{platform=\"whatsapp\"} 91.1", lines);
    }

    [Fact]
    public void Labels_are_escaped_and_their_number_is_bounded()
    {
        _ = Collector;
        Metrics.Retried("a\"b\\c\nd");
        for (var i = 0; i < InstrumentState.MostSeries + 20; i++)
        {
            Metrics.Retried($"q{i}");
        }

        var lines = Lines();

        Assert.Contains("omni_retries_total{queue=\"a\\\"b\\\\c\\nd\"} 1", lines);
        Assert.Contains("omni_retries_total{overflow=\"true\"} 21", lines);
        Assert.Equal(InstrumentState.MostSeries + 1, lines.Count(l => l.StartsWith("omni_retries_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_runtimes_metrics_get_their_unit_and_total()
    {
        var lines = Lines();

        Assert.Contains(lines, l => l.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal));
        Assert.Contains("# TYPE dotnet_process_memory_working_set_bytes gauge", lines);
    }

    [Fact]
    public void Another_hosts_metrics_of_the_same_process_are_not_shown()
    {
        _ = Collector;
        using var other = new ServiceCollection().AddMetrics().AddSingleton<OmniMetrics>().BuildServiceProvider();
        other.GetRequiredService<OmniMetrics>().RateLimited("address");
        Metrics.RateLimited("token");

        var lines = Lines();

        Assert.Contains("omni_rate_limited_total{scope=\"token\"} 1", lines);
        Assert.DoesNotContain(lines, l => l.Contains("scope=\"address\""));
    }

    [Fact]
    public void The_catalogue_lists_every_instrument()
    {
        var published = new List<string>();
        using var listener = new MeterListener();
        var factory = _services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == OmniMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                published.Add(instrument.Name);
            }
        };
        listener.Start();

        Assert.Equal(Metrics.Catalogue.Select(m => m.Name).Order(), published.Order());
        Assert.Equal(21, published.Count);
    }

    [Theory]
    [InlineData("http.server.request.duration", "s", "http_server_request_duration_seconds")]
    [InlineData("omni_send_seconds", "s", "omni_send_seconds")]
    [InlineData("kestrel.active_connections", "{connection}", "kestrel_active_connections")]
    [InlineData("9lives", null, "_9lives")]
    public void Names_follow_the_formats_rules(string name, string? unit, string expected) =>
        Assert.Equal(expected, MetricsText.NameOf(name, unit, MetricKind.Gauge));

    private List<string> Lines() => [.. MetricsText.Write(Collector.Read()).Split('\n')];
}

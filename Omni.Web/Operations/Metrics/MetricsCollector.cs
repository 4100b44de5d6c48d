using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Omni.Core.Operations;

namespace Omni.Web.Operations.Metrics;

/// <summary>Collects the product's and the framework's metrics of this process from its start on.</summary>
internal sealed class MetricsCollector : IHostedService, IDisposable
{
    private static readonly string[] Meters =
        [OmniMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql"];

    private const string Components = "Microsoft.AspNetCore.Components";

    private readonly IMeterFactory _factory;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentState> _instruments = new();
    private readonly Lock _reading = new();

    // The product's metrics are asked for here so that they are all there before the first of them is recorded.
    public MetricsCollector(IMeterFactory factory, OmniMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _factory = factory;
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<byte>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<short>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<int>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<long>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<float>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<double>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<decimal>((i, v, t, s) => Record(s, (double)v, t));
        _listener.Start();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>All metrics now.</summary>
    internal IReadOnlyList<Metric> Read()
    {
        lock (_reading)
        {
            foreach (var state in _instruments.Values)
            {
                state.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            return [.. _instruments.Values.Select(s => s.Read()).OfType<Metric>().GroupBy(m => m.Name).Select(Merge)];
        }
    }

    // Two instruments of one name are one metric with all their series.
    private static Metric Merge(IGrouping<string, Metric> same) => same.First() with { Series = [.. same.SelectMany(m => m.Series)] };

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((InstrumentState)state!).Record(value, tags);

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        var meter = instrument.Meter;
        var isWanted = Meters.Contains(meter.Name) || meter.Name.StartsWith(Components, StringComparison.Ordinal);
        // Another host of the same process, as in tests, has meters of its own.
        if (isWanted && (meter.Scope is null || ReferenceEquals(meter.Scope, _factory)))
        {
            listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument, i => new InstrumentState(i)));
        }
    }
}

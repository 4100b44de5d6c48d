using Omni.Bench.Chaos;
using Omni.Bench.Fuzz;
using Omni.Bench.Load;

namespace Omni.Bench.Modes;

/// <summary>The measurements by name.</summary>
internal static class BenchMode
{
    /// <summary>Finds one; null when there is none of that name.</summary>
    internal static Func<BenchOptions, CancellationToken, Task<object>>? Find(string name) => name switch
    {
        "intake" => IntakeMode.RunAsync,
        "inbound" => InboundMode.RunAsync,
        "letters" => (options, ct) => InboundMode.RunAsync(options.With("words", WebhookLoad.LetterWords), ct),
        "backlog" => BacklogMode.RunAsync,
        "start" => StartMode.RunAsync,
        "realtime" => RealtimeMode.RunAsync,
        "circuits" => CircuitsMode.RunAsync,
        "scale" => ScaleMode.RunAsync,
        "tenants" => TenantsMode.RunAsync,
        "fuzz" => FuzzMode.RunAsync,
        "chaos" => ChaosMode.RunAsync,
        "report" => ReportMode.RunAsync,
        _ => null,
    };
}

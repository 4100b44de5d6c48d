namespace Omni.Bench.Load;

/// <summary>What a load run saw.</summary>
/// <param name="Sent">Requests sent.</param>
/// <param name="Acknowledged">Answered 2xx.</param>
/// <param name="PerSecond">Acknowledged per second, warm-up left out.</param>
/// <param name="P50">Middle answer time in ms.</param>
/// <param name="P99">Answer time in ms that one in a hundred exceeds.</param>
/// <param name="Max">Longest answer time in ms.</param>
/// <param name="Errors">Answers that were not 2xx and broken connections, by kind.</param>
/// <param name="GeneratorMicros">µs of CPU of the generator per request.</param>
internal sealed record LoadReport(long Sent, long Acknowledged, double PerSecond, double P50, double P99, double Max, IReadOnlyDictionary<string, long> Errors, double GeneratorMicros);

namespace Omni.Core.Operations;

/// <summary>What one metric means; docs/metrics.md is made from these.</summary>
/// <param name="Name">The name operators see.</param>
/// <param name="Kind">counter, gauge or histogram.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Labels">Its labels, each with few possible values.</param>
public sealed record MetricInfo(string Name, string Kind, string Description, IReadOnlyList<string> Labels);

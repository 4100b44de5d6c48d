using Omni.Bench.Modes;

namespace Omni.Bench.Fuzz;

/// <summary>What a run found.</summary>
/// <param name="Passed">Whether nothing was wrong.</param>
/// <param name="Line">The line to write.</param>
internal sealed record FuzzResult(bool Passed, object Line) : IVerdict;

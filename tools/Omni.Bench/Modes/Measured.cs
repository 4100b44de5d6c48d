using Omni.Bench.Load;

namespace Omni.Bench.Modes;

/// <summary>One run of load and what it cost.</summary>
/// <param name="Report">What the generator saw.</param>
/// <param name="ProgramMicros">µs of CPU of the server per message.</param>
/// <param name="DatabaseMicros">µs of CPU of PostgreSQL per message.</param>
internal sealed record Measured(LoadReport Report, double ProgramMicros, double DatabaseMicros);

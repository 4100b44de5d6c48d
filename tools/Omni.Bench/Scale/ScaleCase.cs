using Npgsql;

namespace Omni.Bench.Scale;

/// <summary>One thing that people do all day, by the program's service and by hand.</summary>
/// <param name="Name">What it is called in the figures.</param>
/// <param name="Program">Does it by the service; the argument is the number of the try. Returns the rows.</param>
/// <param name="Hand">The statement by hand for the same try.</param>
/// <param name="IsWalled">Whether the statement runs behind the walls, as the service does.</param>
internal sealed record ScaleCase(string Name, Func<int, Task<int>> Program, Func<int, NpgsqlBatchCommand> Hand, bool IsWalled = true);

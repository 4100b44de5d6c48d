namespace Omni.Web.Operations;

/// <summary>One switch of the command line.</summary>
/// <param name="Name">As it is typed: <c>--backup</c>.</param>
/// <param name="Value">What follows the name, as the help shows it: <c>FILE</c>; null when nothing follows.</param>
/// <param name="Help">One line for the help.</param>
/// <param name="RunAsync">The work, instead of the program's usual one; null when the program itself looks at <see cref="CommandLineCall.Chosen"/>.</param>
internal sealed record CommandLineSwitch(string Name, string? Value, string Help, Func<CommandLineCall, Task<int>>? RunAsync);

namespace Omni.Web.Operations;

/// <summary>One run of the program.</summary>
/// <param name="Chosen">The switch that was given, or null for the usual run.</param>
/// <param name="Value">The switch's value; empty when it has none.</param>
/// <param name="Arguments">Everything else: settings such as <c>--Urls=…</c>.</param>
/// <param name="Output">Lines for the person at the terminal.</param>
/// <param name="Stop">Ctrl+C or SIGTERM.</param>
internal sealed record CommandLineCall(CommandLineSwitch? Chosen, string Value, string[] Arguments, TextWriter Output, CancellationToken Stop);

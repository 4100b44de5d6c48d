using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Operations;

namespace Omni.Web.Operations;

/// <summary>The program's switches. A new one is a line in <see cref="Switches"/>.</summary>
internal static class CommandLine
{
    /// <summary>Brings the schema up to date and ends.</summary>
    internal static readonly CommandLineSwitch Migrate = new("--migrate", null, "bring the database up to date and end", null);

    /// <summary>Wraps every data key with a new master key, or with the one now configured, and ends.</summary>
    internal static readonly CommandLineSwitch RotateMasterKey = new("--rotate-master-key", null, "wrap all keys with a new master key and end; Omni is stopped meanwhile", null);

    /// <summary>All switches, in the order of the help.</summary>
    internal static readonly IReadOnlyList<CommandLineSwitch> Switches =
    [
        new("--help", null, "show this help", call => PrintAsync(call, HelpText())),
        new("--version", null, "show the version", call => PrintAsync(call, $"Omni {Version}")),
        Migrate,
        RotateMasterKey,
        new("--backup", "FILE", "write database, files and keys to FILE; Omni may run meanwhile",
            async call => await WithConfigurationAsync(call, c => DataModule.BackupAsync(c, call.Value, call.Output, call.Stop))),
        new("--restore", "FILE", "fill an empty data folder from FILE",
            async call => await WithConfigurationAsync(call, c => DataModule.RestoreAsync(c, call.Value, call.Output, call.Stop))),
        new(ReferencePages.Switch, "DIR", "write the reference pages of docs/ into DIR", async call => { await ReferencePages.SaveAsync(call.Value, call.Output, call.Stop); return 0; }),
    ];

    // Settings of the host that have no section of their own; every other name without a colon is a mistyped switch.
    private static readonly string[] HostSettings =
        ["urls", "environment", "contentRoot", "applicationName", "webRoot", "http_ports", "https_ports", "allowedHosts", "detailedErrors"];

    private static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Runs the program or the switch that was given. Expected failures become plain lines and exit code 2.</summary>
    /// <param name="args">The arguments as the shell gave them.</param>
    /// <param name="usual">What the program does without a switch, or with one that has no work of its own.</param>
    internal static async Task<int> RunAsync(string[] args, Func<CommandLineCall, Task<int>> usual)
    {
        using var signals = new StopSignals();
        try
        {
            var call = Parse(args, Console.Out, signals.Token);
            return await (call.Chosen?.RunAsync ?? usual)(call);
        }
        catch (Exception failure) when (failure is not HostAbortedException && ProblemsOf(failure) is { } problems)
        {
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync(problem);
            }

            return StartupException.ExitCode;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return 130; // the shell's number for a program that Ctrl+C ended before it was ready
        }
    }

    /// <summary>Takes the arguments apart.</summary>
    /// <exception cref="StartupException">A switch is unknown, given twice or lacks its value.</exception>
    internal static CommandLineCall Parse(string[] args, TextWriter output, CancellationToken stop)
    {
        CommandLineSwitch? chosen = null;
        var value = "";
        var others = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (Switches.FirstOrDefault(s => s.Name == args[i]) is not { } found)
            {
                others.Add(CheckSetting(args[i]));
                continue;
            }

            if (chosen is not null)
            {
                throw new StartupException($"{chosen.Name} and {found.Name} cannot be given together.");
            }

            chosen = found;
            if (found.Value is not null)
            {
                value = ++i < args.Length ? args[i] : throw new StartupException($"{found.Name}: expected {found.Value} after it.");
            }
        }

        return new CommandLineCall(chosen, value, [.. others], output, stop);
    }

    /// <summary>The lines for a failure that a person can mend, or null for a bug.</summary>
    internal static IReadOnlyList<string>? ProblemsOf(Exception failure) => failure switch
    {
        StartupException startup => startup.Problems,
        OptionsValidationException options => [.. options.Failures],
        AggregateException { InnerExceptions: var all } when all.All(e => ProblemsOf(e) is not null) => [.. all.SelectMany(e => ProblemsOf(e)!)],
        InvalidOperationException { Message: var text } binding when text.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) =>
            [OperationsModule.Describe(binding)],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } inUse => [$"Urls: {inUse.Message} Set another one, such as --Urls=http://localhost:5081."],
        FormatException { Message: var text } when text.StartsWith("Invalid url", StringComparison.Ordinal) => [$"Urls: expected an address such as {HostSetup.DefaultAddress}. {text}."],
        _ => null,
    };

    private static string CheckSetting(string argument)
    {
        var isBareName = argument.StartsWith("--", StringComparison.Ordinal) && !argument.Contains('=') && !argument.Contains(':');
        return isBareName && !HostSettings.Contains(argument[2..], StringComparer.OrdinalIgnoreCase)
            ? throw new StartupException($"{argument}: unknown switch. --help lists them.")
            : argument;
    }

    private static string HelpText() => string.Join(Environment.NewLine,
    [
        $"Omni {Version}: customer inbox, automation and team chat.",
        "",
        "usage: Omni.Web [switch] [--Key:Name=value ...]",
        "",
        .. Switches.Select(s => $"  {$"{s.Name} {s.Value}",-21}{s.Help}"),
        "",
        "Settings come from appsettings.json, then environment variables (Omni__DataDirectory=/var/lib/omni), then arguments.",
        $"Without --Urls Omni listens on {HostSetup.DefaultAddress}. README.md lists the settings.",
    ]);

    private static async Task<int> PrintAsync(CommandLineCall call, string text)
    {
        await call.Output.WriteLineAsync(text);
        return 0;
    }

    private static async Task<int> WithConfigurationAsync(CommandLineCall call, Func<IConfiguration, Task> work)
    {
        await work(HostSetup.CreateBuilder(call.Arguments).Configuration);
        return 0;
    }
}

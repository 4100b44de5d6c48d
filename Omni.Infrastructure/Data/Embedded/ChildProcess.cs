using System.ComponentModel;
using System.Diagnostics;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>Runs a short program to its end.</summary>
internal static class ChildProcess
{
    /// <summary>What a program left behind.</summary>
    /// <param name="ExitCode">0 for success.</param>
    /// <param name="Output">Standard output and error together.</param>
    internal sealed record Answer(int ExitCode, string Output);

    /// <summary>Runs the program and waits for it; a cancelled wait ends the program.</summary>
    /// <exception cref="StartupException">It cannot be started.</exception>
    public static async Task<Answer> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetPathRoot(program) is { Length: > 0 } root ? root : "/", // the current folder may be closed to the server's account
            Environment = { ["LC_ALL"] = "C", ["LC_MESSAGES"] = "C" }, // messages are matched and shown
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(ct);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return new Answer(process.ExitCode, await output + await error);
        }
        catch (Win32Exception missing)
        {
            throw new StartupException($"{program} cannot be started: {missing.Message}", missing);
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Omni.Tests.Support;

/// <summary>The real program as a child process, with a port and, unless given, a data folder of its own.</summary>
public sealed class OmniProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly bool _ownsFolder;

    private OmniProcess(string dataDirectory, bool ownsFolder, Process process, Uri address)
    {
        (DataDirectory, _ownsFolder, Process, Address) = (dataDirectory, ownsFolder, process, address);
        process.OutputDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        process.ErrorDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The program's data folder.</summary>
    public string DataDirectory { get; }

    /// <summary>The child process.</summary>
    public Process Process { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Everything it has written so far.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Process id of its embedded database server; null when there is none.</summary>
    public int? PostgresPid => PostmasterOf(DataDirectory);

    /// <summary>Starts the program and waits until it answers.</summary>
    /// <param name="dataDirectory">A folder that outlives this process; null: a new one, removed at the end.</param>
    /// <param name="settings">Settings as on the command line: <c>--Omni:Roles=web</c>.</param>
    public static async Task<OmniProcess> StartAsync(string? dataDirectory = null, params string[] settings)
    {
        var omni = Start(dataDirectory, settings);
        try
        {
            await omni.WaitUntilReadyAsync();
            return omni;
        }
        catch
        {
            await omni.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the program without waiting.</summary>
    public static OmniProcess Start(string? dataDirectory, params string[] arguments)
    {
        var folder = dataDirectory ?? NewDataDirectory();
        const string urls = "--Urls=";
        var address = Uri.TryCreate(arguments.LastOrDefault(a => a.StartsWith(urls, StringComparison.OrdinalIgnoreCase))?[urls.Length..], UriKind.Absolute, out var given)
            ? given
            : new Uri($"http://127.0.0.1:{FreePort()}");
        // A test run in the background of a shell ignores Ctrl+C, and its children would inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,QUIT", "dotnet", ProgramFile, $"--Omni:DataDirectory={folder}", $"--Urls={address.GetLeftPart(UriPartial.Authority)}", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new OmniProcess(folder, dataDirectory is null, Process.Start(start)!, address);
    }

    /// <summary>Runs the program to its end.</summary>
    /// <returns>Exit code and everything it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string? dataDirectory, params string[] arguments)
    {
        await using var omni = Start(dataDirectory, arguments);
        return (await omni.WaitForExitAsync(), omni.Output);
    }

    /// <summary>A new folder below the system's temporary one, which the database server's account can pass.</summary>
    public static string NewDataDirectory()
    {
        var folder = Directory.CreateTempSubdirectory("omni-test-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        return folder;
    }

    /// <summary>Ctrl+C, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> InterruptAsync() => SignalAsync(Signals.Interrupt);

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> TerminateAsync() => SignalAsync(Signals.Terminate);

    /// <summary>SIGKILL, and waits for the end; the database server stays behind.</summary>
    public Task<int> KillAsync() => SignalAsync(Signals.Kill);

    /// <summary>Waits until the program ends by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Process.WaitForExitAsync(patience.Token);
        return Process.ExitCode;
    }

    /// <summary>Ends the program and a database server it left, and removes a folder of its own.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            await InterruptAsync();
        }

        Process.Dispose();
        if (_ownsFolder)
        {
            await RemoveAsync(DataDirectory);
        }
    }

    /// <summary>Ends a database server that still runs in the folder and removes the folder.</summary>
    public static async Task RemoveAsync(string dataDirectory)
    {
        if (PostmasterOf(dataDirectory) is { } orphan)
        {
            Signals.Interrupt(orphan); // PostgreSQL's fast shutdown
            await Eventually.HoldsAsync(() => PostmasterOf(dataDirectory) is null, "the database server ends");
        }

        Directory.Delete(dataDirectory, recursive: true);
    }

    private static string ProgramFile => Path.Combine(
        AppContext.BaseDirectory.Replace($"{Path.DirectorySeparatorChar}Omni.Tests{Path.DirectorySeparatorChar}", $"{Path.DirectorySeparatorChar}Omni.Web{Path.DirectorySeparatorChar}"),
        "Omni.Web.dll");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static int? PostmasterOf(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, "postgres", "cluster", "postmaster.pid");
        return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), out var pid) && Signals.IsAlive(pid) ? pid : null;
    }

    private async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(2) };
        await Eventually.HoldsAsync(
            async () =>
            {
                Assert.False(Process.HasExited, $"Omni ended: {Output}");
                try
                {
                    return (await http.GetAsync("/health/live")).IsSuccessStatusCode && Output.Contains("Omni is ready", StringComparison.Ordinal);
                }
                catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }
            },
            "Omni answers",
            TimeSpan.FromSeconds(60));
    }

    private async Task<int> SignalAsync(Action<int> send)
    {
        send(Process.Id);
        return await WaitForExitAsync();
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Omni.Bench.Rig;

/// <summary>A server under measurement, as a process of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private readonly TextWriter? _log;

    private ServerProcess(Process process, int port, TextWriter? log)
    {
        (_process, Port, _log) = (process, port, log);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    internal int Port { get; }

    /// <summary>Its process id.</summary>
    internal int Pid => _process.Id;

    /// <summary>The newest lines it wrote.</summary>
    internal string Output => string.Join('\n', _lines);

    /// <summary>µs of CPU so far.</summary>
    internal double CpuMicros => CpuTimes.Tree(Pid);

    /// <summary>Starts a .NET program and waits until it answers.</summary>
    /// <param name="program">The DLL.</param>
    /// <param name="arguments">Its arguments; <c>{port}</c> stands for the port.</param>
    /// <param name="probe">The path that answers 2xx when it is ready.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="environment">What it finds in its environment besides ours.</param>
    /// <param name="log">Gets everything it writes.</param>
    internal static async Task<ServerProcess> StartAsync(
        string program, IEnumerable<string> arguments, string probe, int port, CancellationToken ct, IReadOnlyDictionary<string, string>? environment = null, TextWriter? log = null)
    {
        port = port == 0 ? FreePort() : port;
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.Select(a => a.Replace("{port}", $"{port}", StringComparison.Ordinal))])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!, port, log);
        try
        {
            await server.UntilReadyAsync(probe, ct);
            return server;
        }
        catch
        {
            await server.KillAsync();
            throw;
        }
    }

    /// <summary>Ends it at once, as a power failure would.</summary>
    internal async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Asks it to end (SIGTERM) and waits for it.</summary>
    /// <returns>Its exit code.</returns>
    internal async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using (var term = Process.Start("kill", ["-TERM", $"{Pid}"]))
            {
                await term.WaitForExitAsync();
            }

            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }

        var code = _process.ExitCode;
        _process.Dispose();
        return code;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _log?.WriteLine(line);
            _lines.Enqueue(line);
            while (_lines.Count > 40)
            {
                _lines.TryDequeue(out _);
            }
        }
    }

    private async Task UntilReadyAsync(string probe, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(2) };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(90); await Task.Delay(10, ct))
        {
            if (_process.HasExited)
            {
                break;
            }

            try
            {
                using var answer = await http.GetAsync(probe, ct);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                // asked again
            }
        }

        throw new InvalidOperationException($"The server does not answer.\n{Output}");
    }
}

using System.Net;
using System.Net.Sockets;
using Omni.Bench.Rig;

namespace Omni.Bench.Chaos;

/// <summary>One of the programs, restarted as a service manager would.</summary>
/// <param name="program">Omni.Web.dll.</param>
/// <param name="settings">Its settings.</param>
/// <param name="environment">What it finds in its environment.</param>
/// <param name="port">Its port, the same after each start.</param>
/// <param name="log">Where its output goes; null for nowhere.</param>
internal sealed class ChaosNode(string program, IReadOnlyList<string> settings, IReadOnlyDictionary<string, string> environment, int port, TextWriter? log) : IAsyncDisposable
{
    private const int Tries = 6;

    private ServerProcess? _process;

    /// <summary>Where it listens.</summary>
    internal Uri Address { get; } = new($"http://127.0.0.1:{port}");

    /// <summary>The longest time from a start until it answered, in seconds.</summary>
    internal double SlowestStart { get; private set; }

    /// <summary>A port below those that outgoing connections get, so that nobody takes it while the program is away.</summary>
    internal static int FreePort(int from)
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, from++);
            try
            {
                listener.Start();
                return from - 1;
            }
            catch (SocketException)
            {
                // somebody has it
            }
        }
    }

    /// <summary>Starts it; again when it ends because the database is just then away.</summary>
    internal async Task StartAsync(CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var clock = System.Diagnostics.Stopwatch.StartNew();
                _process = await ServerProcess.StartAsync(program, [.. settings, $"--Urls={Address}"], "/health/live", port, ct, environment, log);
                SlowestStart = Math.Max(SlowestStart, clock.Elapsed.TotalSeconds);
                return;
            }
            catch (InvalidOperationException) when (tries < Tries)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }
        }
    }

    /// <summary>Ends it at once and starts it again.</summary>
    /// <returns>Whether it ran until then.</returns>
    internal async Task<bool> KillAsync(CancellationToken ct)
    {
        var ran = Signals.Kill(_process!.Pid);
        await _process.KillAsync();
        await StartAsync(ct);
        return ran;
    }

    /// <summary>Asks it to end, waits for that, and starts it again.</summary>
    internal async Task<bool> RestartAsync(CancellationToken ct)
    {
        var stopping = _process!;
        _process = null;
        var clean = await stopping.StopAsync() == 0;
        await StartAsync(ct);
        return clean;
    }

    /// <summary>Lets it stand still for a while.</summary>
    internal async Task<bool> FreezeAsync(TimeSpan still, CancellationToken ct)
    {
        var pid = _process!.Pid;
        try
        {
            var isFrozen = await Signals.FreezeAsync(pid, ct);
            await Task.Delay(still, ct);
            return isFrozen;
        }
        finally
        {
            Signals.Continue(pid);
        }
    }

    /// <summary>What it takes for the time, from an answer of its own; null when it does not answer.</summary>
    internal async Task<DateTimeOffset?> TimeAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "/health/live"), ct);
            return answer.Headers.Date;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}

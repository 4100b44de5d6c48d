using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Omni.Bench.Chaos;

/// <summary>A private redis-server that keeps its port over a restart.</summary>
internal sealed class ChaosRedis(int port) : IAsyncDisposable
{
    private Process? _process;

    /// <summary>How programs reach it.</summary>
    internal string ConnectionString => $"127.0.0.1:{port}";

    /// <summary>Starts it and waits until it answers.</summary>
    internal async Task StartAsync(CancellationToken ct)
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath(), "--logfile", "/dev/null"]))!;
        while (await AskAsync("PING", ct) != "+PONG")
        {
            await Task.Delay(20, ct);
        }
    }

    /// <summary>Kills it and starts another one, after a while.</summary>
    /// <returns>Whether it was really away.</returns>
    internal async Task<bool> KillAsync(TimeSpan away, CancellationToken ct)
    {
        _process!.Kill();
        await _process.WaitForExitAsync(ct);
        _process.Dispose();
        await Task.Delay(away, ct);
        var wasAway = await AskAsync("PING", ct) is null;
        await StartAsync(ct);
        return wasAway;
    }

    /// <summary>Forgets everything it holds.</summary>
    internal async Task<bool> EmptyAsync(CancellationToken ct) => await AskAsync("FLUSHALL", ct) == "+OK";

    /// <summary>Lets it be there without answering, for a while.</summary>
    internal async Task<bool> SilenceAsync(TimeSpan silent, CancellationToken ct)
    {
        var isFrozen = await Signals.FreezeAsync(_process!.Id, ct);
        try
        {
            await Task.Delay(silent, ct);
        }
        finally
        {
            Signals.Continue(_process.Id);
        }

        return isFrozen;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
    }

    private async Task<string?> AskAsync(string command, CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, ct);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), ct);
            return await new StreamReader(stream).ReadLineAsync(ct);
        }
        catch (Exception away) when (away is SocketException or IOException)
        {
            return null;
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

/// <summary>A mail server on 127.0.0.1 that keeps what it gets.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    internal SmtpServer()
    {
        _listener.Start();
        _running = RunAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal ConcurrentQueue<(string To, string Text)> Letters { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _listener.Dispose();
        _stop.Dispose();
    }

    /// <summary>Waits for a letter with such a link and answers what follows the prefix.</summary>
    internal async Task<string> LinkAsync(string to, string prefix)
    {
        string? found = null;
        await Eventually.HoldsAsync(
            () => (found = Letters.Where(l => l.To == to).Select(l => Regex.Match(l.Text, Regex.Escape(prefix) + "(\\S+)")).LastOrDefault(m => m.Success)?.Groups[1].Value) is not null,
            $"a letter with {prefix}");
        return found!;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await TalkAsync(client.GetStream());
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            Assert.True(_stop.IsCancellationRequested, end.Message);
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 here");
        var to = "";
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            if (line.StartsWith("RCPT TO:<", StringComparison.Ordinal))
            {
                to = line[9..^1];
            }

            if (line == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                Letters.Enqueue((to, await ReadLetterAsync(reader)));
            }

            await writer.WriteLineAsync(line.StartsWith("EHLO", StringComparison.Ordinal) ? "250-here\r\n250 SIZE 1000000" : line == "QUIT" ? "221 bye" : "250 ok");
        }
    }

    private static async Task<string> ReadLetterAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line && line != ".")
        {
            text.Append(line).Append('\n');
        }

        var parts = text.ToString().Split("\n\n", 2);
        return parts[0] + "\n\n" + Encoding.UTF8.GetString(Convert.FromBase64String(parts[1].Replace("\n", "", StringComparison.Ordinal)));
    }
}

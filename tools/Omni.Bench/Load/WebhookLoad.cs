using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Omni.Bench.Load;

/// <summary>Sends signed messages over a fixed number of connections. Answer times count from the moment a message was due, so that a server that stalls is not flattered.</summary>
/// <param name="targets">The accounts, in turn at random.</param>
/// <param name="connections">Connections at once.</param>
/// <param name="contacts">People per account.</param>
/// <param name="words">Words of a message.</param>
/// <param name="rate">Messages per second, whether or not the earlier ones are answered; 0 for as fast as they are acknowledged.</param>
internal sealed class WebhookLoad(IReadOnlyList<LoadTarget> targets, int connections, int contacts, int words, double rate = 0)
{
    /// <summary>Words of what people write in a chat.</summary>
    internal const int ChatWords = 15;

    /// <summary>Words that fill a delivery: a letter rather than a message.</summary>
    internal const int LetterWords = 150;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private readonly ConcurrentDictionary<string, long> _errors = new();
    private long _issued;
    private long _sent;
    private long _acknowledged;

    /// <summary>Begins of the ids of all messages of this run.</summary>
    internal string Prefix => $"wamid.{_run}.";

    /// <summary>Sends for a time, or until a number of messages is acknowledged.</summary>
    /// <param name="length">How long after the warm-up.</param>
    /// <param name="count">The most messages; null for any number.</param>
    /// <param name="ct">Stops.</param>
    internal async Task<LoadReport> RunAsync(TimeSpan length, long? count, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        var times = await Task.WhenAll(Enumerable.Range(0, connections).Select(i => Task.Run(() => WorkAsync(i, clock, length, count ?? long.MaxValue, ct), ct)));
        var warm = count is null ? WarmUp : TimeSpan.Zero;
        var counted = times.SelectMany(t => t).Where(t => t.At >= warm).Select(t => t.Milliseconds).Order().ToArray();
        var span = (count is null ? length : clock.Elapsed).TotalSeconds;
        double Part(double share) => counted.Length == 0 ? 0 : Math.Round(counted[Math.Min(counted.Length - 1, (int)(share * counted.Length))], 2);
        return new LoadReport(
            _sent, _acknowledged, Math.Round(counted.Length / span, 1), Part(0.5), Part(0.99), Part(1), _errors,
            Math.Round((Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / Math.Max(1, _sent), 1));
    }

    private async Task<List<(TimeSpan At, float Milliseconds)>> WorkAsync(int index, Stopwatch clock, TimeSpan length, long most, CancellationToken ct)
    {
        var random = new Random(index * 7919);
        var open = new Dictionary<int, LoadConnection>();
        var times = new List<(TimeSpan, float)>(1 << 14);
        var buffer = new byte[64 * 1024];
        while (!ct.IsCancellationRequested && clock.Elapsed < length + WarmUp && Interlocked.Increment(ref _issued) is var number && number <= most)
        {
            var target = targets[random.Next(targets.Count)];
            var due = rate > 0 ? TimeSpan.FromSeconds(number / rate) : clock.Elapsed;
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed, ct);
            }

            var size = WebhookRequest.Write(buffer, target, $"{Prefix}{number}", $"4477{10_000_000 + random.Next(contacts)}", "", words, WebhookRequest.UsualBytes, random);
            for (var isTaken = false; !isTaken && clock.Elapsed < length + WarmUp + Patience;)
            {
                isTaken = await TryAsync(open, target.Port, buffer.AsMemory(0, size), ct);
                if (isTaken)
                {
                    times.Add((clock.Elapsed, (float)(clock.Elapsed - due).TotalMilliseconds));
                }
            }
        }

        foreach (var connection in open.Values)
        {
            connection.Dispose();
        }

        return times;
    }

    private async Task<bool> TryAsync(Dictionary<int, LoadConnection> open, int port, ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        Interlocked.Increment(ref _sent);
        try
        {
            if (!open.TryGetValue(port, out var connection))
            {
                open[port] = connection = await LoadConnection.OpenAsync(port, patience.Token);
            }

            var status = await connection.SendAsync(request, patience.Token);
            if (connection.IsClosed && open.Remove(port))
            {
                connection.Dispose();
            }

            if (status is >= 200 and < 300)
            {
                Interlocked.Increment(ref _acknowledged);
                return true;
            }

            Count($"{status}");
        }
        catch (Exception broken) when (broken is SocketException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            Count(broken is OperationCanceledException ? "timeout" : broken is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "refused" : "broken");
            if (open.Remove(port, out var gone))
            {
                gone.Dispose();
            }
        }

        await Task.Delay(20, ct); // as a platform would, only sooner
        return false;
    }

    private void Count(string kind) => _errors.AddOrUpdate(kind, 1, (_, n) => n + 1);
}

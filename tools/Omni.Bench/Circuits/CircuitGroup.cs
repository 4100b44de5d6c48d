using System.Collections.Concurrent;
using System.Diagnostics;

namespace Omni.Bench.Circuits;

/// <summary>Many circuits on one page.</summary>
internal sealed class CircuitGroup : IAsyncDisposable
{
    private const int AtOnce = 8;

    private readonly ConcurrentBag<Circuit> _circuits = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private Task _pinging = Task.CompletedTask;

    /// <summary>How many are open.</summary>
    internal int Count => _circuits.Count;

    /// <summary>How many ended by themselves.</summary>
    internal int Errors => _circuits.Count(c => c.Error is not null);

    /// <summary>One of the errors; null without any.</summary>
    internal string? FirstError => _circuits.Select(c => c.Error).FirstOrDefault(e => e is not null);

    /// <summary>Batches drawn by all.</summary>
    internal long Batches => _circuits.Sum(c => (long)c.Batches);

    /// <summary>Opens them.</summary>
    internal static async Task<CircuitGroup> OpenAsync(Uri page, string cookie, int count, CancellationToken ct)
    {
        var group = new CircuitGroup();
        var started = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(
            async () =>
            {
                while (Interlocked.Increment(ref started) <= count)
                {
                    group._circuits.Add(await Circuit.OpenAsync(group._http, page, cookie, ct));
                }
            }, ct)));
        group._pinging = group.PingAsync();
        return group;
    }

    /// <summary>Forgets the marks so far.</summary>
    internal void Forget()
    {
        foreach (var circuit in _circuits)
        {
            circuit.Forget();
        }
    }

    /// <summary>Waits until every circuit has drawn all marks, for at most 10 seconds.</summary>
    internal async Task<bool> DrewAsync(IReadOnlyList<long> marks, CancellationToken ct)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(10); await Task.Delay(2, ct))
        {
            if (_circuits.All(c => c.Error is not null || (c.Seen.ContainsKey(marks[^1]) && marks.All(c.Seen.ContainsKey))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the circuits saw of some marks.</summary>
    internal Delays Delays(IReadOnlyCollection<long> marks) => Circuits.Delays.Of(marks, [.. _circuits.Select(c => c.Seen)]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pinging;
        await Parallel.ForEachAsync(_circuits, async (circuit, _) => await circuit.DisposeAsync());
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task PingAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (var circuit in _circuits)
                {
                    await circuit.PingAsync(_stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }
}

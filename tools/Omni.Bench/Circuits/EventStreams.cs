using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Omni.Bench.Circuits;

/// <summary>Many readers of the event stream.</summary>
internal sealed class EventStreams : IAsyncDisposable
{
    private readonly List<ConcurrentDictionary<Guid, long>> _seen = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _reading = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 10_000 }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>How many there are.</summary>
    internal int Count => _seen.Count;

    /// <summary>How many ended by themselves.</summary>
    internal int Errors => _reading.Count(r => r.IsCompleted);

    /// <summary>Opens some with one token, and returns when they hear.</summary>
    internal async Task OpenAsync(Uri address, string token, int count, CancellationToken ct)
    {
        for (var i = 0; i < count; i++)
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
            var answer = await _http.SendAsync(ask, HttpCompletionOption.ResponseHeadersRead, ct);
            answer.EnsureSuccessStatusCode();
            var (reader, seen) = (new StreamReader(await answer.Content.ReadAsStreamAsync(ct)), new ConcurrentDictionary<Guid, long>());
            while (await reader.ReadLineAsync(ct) is { Length: > 0 })
            {
                // the stream says that it is ready, and ends that with an empty line
            }

            _seen.Add(seen);
            _reading.Add(Task.Run(() => ReadAsync(reader, seen), ct));
        }
    }

    /// <summary>Waits until every reader heard of a number of messages, for at most 10 seconds.</summary>
    internal async Task HeardAsync(int count, CancellationToken ct)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(10) && _seen.Any(s => s.Count < count); await Task.Delay(2, ct))
        {
            // looked at again
        }
    }

    /// <summary>Forgets what was heard so far.</summary>
    internal void Forget() => _seen.ForEach(s => s.Clear());

    /// <summary>What the readers heard.</summary>
    /// <param name="marks">The mark of each message.</param>
    internal Delays Delays(IReadOnlyDictionary<Guid, long> marks) => Circuits.Delays.Of(
        [.. marks.Values], [.. _seen.Select(s => s.Where(x => marks.ContainsKey(x.Key)).ToDictionary(x => marks[x.Key], x => x.Value))]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentDictionary<Guid, long> seen)
    {
        try
        {
            using (reader)
            {
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    if (line.StartsWith("data: {", StringComparison.Ordinal) && line.Contains("\"message.created\"", StringComparison.Ordinal))
                    {
                        var now = Stopwatch.GetTimestamp();
                        seen.TryAdd(JsonElement.Parse(line.AsSpan(6)).GetProperty("data").GetProperty("messageId").GetGuid(), now);
                    }
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or HttpIOException)
        {
            return; // counted by whoever asks before the end
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Omni.Bench.Circuits;

namespace Omni.Bench.Load;

/// <summary>Sends texts that say when they were sent, evenly, whether or not the earlier ones are answered.</summary>
/// <param name="port">Port of the server on 127.0.0.1.</param>
/// <param name="perSecond">How many.</param>
internal sealed class MarkedLoad(int port, int perSecond) : IDisposable
{
    private const int People = 50; // as many as a page lists, in turn: no row changes twice within a moment

    private const int TextBytes = 600; // a text of about a hundred and twenty letters

    private readonly ConcurrentBag<LoadConnection> _idle = [];
    private readonly Random _random = new(1);
    private int _number;
    private long _errors;

    /// <summary>Answers that were not 2xx.</summary>
    internal long Errors => _errors;

    /// <summary>Sends webhooks of one account.</summary>
    /// <returns>The marks, in order.</returns>
    internal Task<IReadOnlyList<long>> WebhooksAsync(LoadTarget target, int count, CancellationToken ct) => SendAsync(count, (buffer, mark) =>
        WebhookRequest.Write(buffer, target, $"wamid.mark.{Guid.NewGuid():N}", Person(_number), mark, WebhookLoad.ChatWords, TextBytes, _random), ct);

    /// <summary>The number of a person in the order of the messages.</summary>
    internal static string Person(int index) => $"4478{10_000_000 + (index % People)}";

    /// <summary>Sends the same message from one person.</summary>
    internal Task<IReadOnlyList<long>> FromOneAsync(LoadTarget target, int person, int count, CancellationToken ct) => SendAsync(count, (buffer, mark) =>
        WebhookRequest.Write(buffer, target, $"wamid.mark.{Guid.NewGuid():N}", Person(person), mark, WebhookLoad.ChatWords, TextBytes, _random), ct);

    /// <summary>Posts marks as they are.</summary>
    internal Task<IReadOnlyList<long>> PostsAsync(string path, int count, CancellationToken ct) => SendAsync(count, (buffer, mark) =>
        Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/plain\r\nContent-Length: {mark.Length}\r\n\r\n{mark}", buffer), ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private async Task<IReadOnlyList<long>> SendAsync(int count, Func<byte[], string, int> write, CancellationToken ct)
    {
        var (clock, marks, running) = (Stopwatch.StartNew(), new List<long>(count), new List<Task>(count));
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed, ct);
            }

            _number++;
            var (buffer, mark) = (new byte[8 * 1024], Mark.Now());
            marks.Add(Mark.Read(mark));
            running.Add(SendAsync(buffer.AsMemory(0, write(buffer, mark)), ct));
        }

        await Task.WhenAll(running);
        return marks;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        var connection = _idle.TryTake(out var idle) ? idle : await LoadConnection.OpenAsync(port, ct);
        if (await connection.SendAsync(request, ct) is < 200 or >= 300)
        {
            Interlocked.Increment(ref _errors);
        }

        if (connection.IsClosed)
        {
            connection.Dispose();
        }
        else
        {
            _idle.Add(connection);
        }
    }
}

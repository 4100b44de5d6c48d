using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Omni.Bench.Circuits;

/// <summary>A page as a browser holds it, without the browser: fetches it, opens its circuit, acknowledges every batch and notes when marks arrive.</summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    private const byte EndOfHandshake = 0x1e;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drawn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<long, long> _seen = new();
    private Task _reading = Task.CompletedTask;
    private Func<string, Task> _leave = _ => Task.CompletedTask;
    private string? _secret;
    private bool _isClosing;

    /// <summary>When each mark came, by the time it was sent; ticks of <see cref="Stopwatch"/>.</summary>
    internal IReadOnlyDictionary<long, long> Seen => _seen;

    /// <summary>Batches drawn.</summary>
    internal int Batches { get; private set; }

    /// <summary>Why the circuit ended; null while it lives.</summary>
    internal string? Error { get; private set; }

    /// <summary>Opens one and waits until the page is drawn by it.</summary>
    /// <param name="http">Fetches pages; keeps no cookies.</param>
    /// <param name="page">The page's address.</param>
    /// <param name="cookie">The cookie header of a session; empty for none.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<Circuit> OpenAsync(HttpClient http, Uri page, string cookie, CancellationToken ct)
    {
        var circuit = new Circuit();
        try
        {
            await circuit.StartAsync(http, page, cookie, ct);
            return circuit;
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    /// <summary>Forgets the marks so far.</summary>
    internal void Forget() => _seen.Clear();

    /// <summary>Says that it is still there, as browsers do every 15 seconds.</summary>
    internal Task PingAsync(CancellationToken ct) => Error is null ? SendAsync(new byte[] { 2, 0x91, 6 }, ct) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        try
        {
            if (_socket.State == WebSocketState.Open)
            {
                await (_secret is null ? Task.CompletedTask : _leave(_secret)); // as a browser that leaves the page: otherwise the server would wait for it to come back
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                await _reading.WaitAsync(TimeSpan.FromSeconds(5));
            }
        }
        catch (Exception gone) when (gone is WebSocketException or TimeoutException or IOException or HttpRequestException)
        {
            Error ??= gone.Message; // the server was faster
        }

        _socket.Dispose();
        _sending.Dispose();
    }

    [GeneratedRegex("<!--Blazor:(?<marker>\\{.*?\\})-->", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Markers();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[A-Za-z0-9+/=_-]+)-->", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex States();

    private async Task StartAsync(HttpClient http, Uri page, string cookie, CancellationToken ct)
    {
        var html = await FetchAsync(http, page, cookie, ct);
        var markers = Markers().Matches(html).Select(m => JsonNode.Parse(m.Groups["marker"].Value)!.AsObject())
            .Where(m => (string?)m["type"] == "server").OrderBy(m => m["sequence"]!.GetValue<int>()).ToList(); // the others are their ends
        if (markers.Count == 0)
        {
            throw new InvalidOperationException($"{page.AbsolutePath} has no circuit. Is the session over?");
        }

        var state = States().Match(html) is { Success: true } match ? match.Groups["state"].Value : "";
        var root = new Uri(page, "/");
        _leave = async secret =>
        {
            using var leaving = new HttpRequestMessage(HttpMethod.Post, new Uri(root, "_blazor/disconnect")) { Content = new MultipartFormDataContent { { new StringContent(secret), "circuitId" } } };
            leaving.Headers.TryAddWithoutValidation("Cookie", cookie);
            leaving.Headers.TryAddWithoutValidation("Origin", root.GetLeftPart(UriPartial.Authority));
            using var left = await http.SendAsync(leaving, CancellationToken.None);
        };
        using (var ask = new HttpRequestMessage(HttpMethod.Post, new Uri(root, "_blazor/negotiate?negotiateVersion=1")))
        {
            ask.Headers.TryAddWithoutValidation("Cookie", cookie);
            ask.Headers.TryAddWithoutValidation("Origin", root.GetLeftPart(UriPartial.Authority));
            using var answer = await http.SendAsync(ask, ct);
            var token = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct))!["connectionToken"];
            await ConnectAsync(new UriBuilder(root) { Scheme = "ws", Path = "_blazor", Query = $"id={token}" }.Uri, root, cookie, ct);
        }

        await SendAsync("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray(), ct);
        _reading = Task.Run(ReadAsync, CancellationToken.None);
        await SendAsync(HubWriter.Call("1", "StartCircuit", root.ToString(), page.ToString(), "[]", state), ct);
        await _attached.Task.WaitAsync(Patience, ct);
        var operations = markers.Select((marker, i) =>
        {
            marker["uniqueId"] = i + 1;
            return (JsonNode)new JsonObject { ["type"] = "add", ["ssrComponentId"] = i + 1, ["marker"] = marker };
        });
        var all = new JsonObject { ["batchId"] = 1, ["operations"] = new JsonArray([.. operations]) };
        await SendAsync(HubWriter.Call(null, "UpdateRootComponents", all.ToJsonString(), state), ct);
        await _drawn.Task.WaitAsync(Patience, ct);
    }

    private static async Task<string> FetchAsync(HttpClient http, Uri page, string cookie, CancellationToken ct)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, page);
        ask.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var answer = await http.SendAsync(ask, ct);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct);
    }

    private Task ConnectAsync(Uri hub, Uri root, string cookie, CancellationToken ct)
    {
        _socket.Options.SetRequestHeader("Origin", root.GetLeftPart(UriPartial.Authority));
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        _socket.Options.SetBuffer(1024, 1024);
        if (cookie.Length > 0)
        {
            _socket.Options.SetRequestHeader("Cookie", cookie);
        }

        return _socket.ConnectAsync(hub, ct);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await ReceiveAsync();
        }
        catch (Exception broken) when (broken is WebSocketException or IOException or FormatException or ObjectDisposedException)
        {
            End(broken.Message);
        }
    }

    private async Task ReceiveAsync()
    {
        byte[]? buffer = null;
        var (have, isShaken) = (0, false);
        while (true)
        {
            if (have == 0)
            {
                // A read of nothing first: a circuit at rest holds no buffer.
                await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                buffer ??= ArrayPool<byte>.Shared.Rent(32 * 1024);
            }

            if (have == buffer!.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(have * 2);
                buffer.AsSpan(0, have).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            var got = await _socket.ReceiveAsync(buffer.AsMemory(have), CancellationToken.None);
            var now = Stopwatch.GetTimestamp();
            if (got.MessageType == WebSocketMessageType.Close)
            {
                End(_isClosing ? null : $"closed: {_socket.CloseStatusDescription}");
                return;
            }

            have += got.Count;
            var at = 0;
            if (!isShaken)
            {
                at = buffer.AsSpan(0, have).IndexOf(EndOfHandshake) + 1;
                isShaken = at > 0;
            }

            while (isShaken && HubReader.TryFrame(buffer.AsSpan(at, have - at), out var from, out var length))
            {
                Hear(buffer.AsSpan(at + from, length), now);
                at += from + length;
            }

            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
            if (have == 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = null;
            }
        }
    }

    private void Hear(ReadOnlySpan<byte> message, long now)
    {
        const int Invocation = 1, Completion = 3, Close = 7;
        var reader = new HubReader(message);
        reader.Array();
        switch (reader.Number())
        {
            case Invocation:
                reader.Skip();
                reader.Skip();
                Called(reader.Text()!, ref reader, now);
                break;
            case Completion:
                reader.Skip();
                reader.Skip();
                var isFailure = reader.Number() == 1;
                var text = reader.Text();
                if (isFailure)
                {
                    End(text);
                }

                _secret ??= text;
                break;
            case Close:
                End("The server closes the circuit.");
                break;
        }
    }

    private void Called(string target, ref HubReader reader, long now)
    {
        reader.Array();
        switch (target)
        {
            case "JS.RenderBatch":
                var batch = reader.Number();
                Reply(HubWriter.Call(null, "OnRenderCompleted", batch, null));
                Batches++;
                for (var bytes = reader.Bytes(); Mark.TryTake(ref bytes, out var mark);)
                {
                    _seen.TryAdd(mark, now);
                }

                break;
            case "JS.EndUpdateRootComponents":
                _drawn.TrySetResult();
                break;
            case "JS.BeginInvokeJS":
                var (call, function) = (reader.Number(), reader.Text()!);
                if (call != 0)
                {
                    Reply(HubWriter.Call(null, "EndInvokeJSFromDotNet", call, true, JsonSerializer.Serialize(new object?[] { call, true, null })));
                }

                if (function.EndsWith("attachWebRendererInterop", StringComparison.Ordinal))
                {
                    _attached.TrySetResult();
                }

                break;
            case "JS.Error":
                End(reader.Text());
                break;
        }
    }

    private void Reply(ReadOnlyMemory<byte> message) => _ = SendAsync(message, CancellationToken.None).ContinueWith(
        sent => End(sent.Exception!.GetBaseException().Message), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private void End(string? why)
    {
        Error ??= _isClosing ? null : why;
        var ended = new InvalidOperationException($"The circuit ended: {why}");
        _attached.TrySetException(ended);
        _drawn.TrySetException(ended);
    }
}

using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

/// <summary>The line of a circuit without a browser, so that a test can send what no browser would.</summary>
internal sealed class HubSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<byte> _received = [];
    private Task _reading = Task.CompletedTask;

    /// <summary>Whether the server still holds the line.</summary>
    internal bool IsOpen => _socket.State == WebSocketState.Open && !_reading.IsCompleted;

    /// <summary>Opens a line as a signed-in browser.</summary>
    internal static async Task<HubSocket> OpenAsync(Uri address, HttpClient http, string cookie)
    {
        var origin = address.GetLeftPart(UriPartial.Authority);
        using var negotiate = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1") { Headers = { { "Origin", origin } } };
        using var answer = await http.SendAsync(negotiate);
        var token = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["connectionToken"]!.GetValue<string>();
        var line = new HubSocket();
        line._socket.Options.SetRequestHeader("Cookie", cookie);
        line._socket.Options.SetRequestHeader("Origin", origin);
        await line._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{address.Port}/_blazor?id={token}"), CancellationToken.None);
        await line.SendAsync("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray());
        line._reading = line.ReadAsync();
        return line;
    }

    /// <summary>Begins a circuit.</summary>
    /// <returns>The secret with which its page comes back after a break.</returns>
    internal async Task<string> StartAsync(Uri address)
    {
        var answer = await InvokeAsync("1", "StartCircuit", address.ToString(), new Uri(address, "/inbox").ToString(), "[]", "");
        return ReadText(answer.AsSpan(1));
    }

    /// <summary>Asks for a circuit that exists.</summary>
    /// <returns>True when it is ours now.</returns>
    internal async Task<bool> ConnectAsync(string secret) => (await InvokeAsync("2", "ConnectCircuit", secret))[^1] == 0xc3;

    /// <summary>Calls a method and waits for its result.</summary>
    /// <returns>What follows the call's id: kind of the result, and the result.</returns>
    internal async Task<byte[]> InvokeAsync(string id, string method, params string[] arguments)
    {
        await SendAsync(Invocation(id, method, arguments));
        byte[]? result = null;
        await Eventually.HoldsAsync(() => !IsOpen || (result = Completion(id)) is not null, $"the server answers {method}");
        return result ?? throw new InvalidOperationException($"The line ended instead of an answer to {method}.");
    }

    /// <summary>Sends bytes as they are.</summary>
    internal Task SendAsync(byte[] bytes) => _socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <summary>A framed call.</summary>
    internal static byte[] Invocation(string? id, string method, params string[] arguments)
    {
        List<byte> body = [0x96, 1, 0x80];
        body.AddRange(id is null ? [0xc0] : Text(id));
        body.AddRange(Text(method));
        body.Add((byte)(0x90 | arguments.Length));
        body.AddRange(arguments.SelectMany(Text));
        body.Add(0x90);
        return Frame([.. body]);
    }

    /// <summary>A message with its length before it.</summary>
    internal static byte[] Frame(byte[] message) => [.. Length(message.Length), .. message];

    /// <summary>A length as the protocol writes it.</summary>
    internal static IEnumerable<byte> Length(long length)
    {
        for (; length > 127; length >>= 7)
        {
            yield return (byte)((length & 127) | 128);
        }

        yield return (byte)length;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        return [0xdb, .. length, .. bytes];
    }

    private static string ReadText(ReadOnlySpan<byte> packed) => packed[0] switch
    {
        0xd9 => Encoding.UTF8.GetString(packed.Slice(2, packed[1])),
        0xda => Encoding.UTF8.GetString(packed.Slice(3, BinaryPrimitives.ReadUInt16BigEndian(packed[1..]))),
        var first => Encoding.UTF8.GetString(packed.Slice(1, first & 31)),
    };

    /// <summary>The answer to a call, when it came: [3, headers, id, kind, result].</summary>
    private byte[]? Completion(string id)
    {
        byte[] start = [3, 0x80, (byte)(0xa0 | id.Length), .. Encoding.UTF8.GetBytes(id)];
        lock (_received)
        {
            var all = _received.ToArray();
            for (var at = all.AsSpan().IndexOf((byte)0x1e) + 1; at > 0 && at < all.Length;)
            {
                var (length, shift, from) = (0, 0, at);
                while (from < all.Length && all[from] > 127)
                {
                    (length, shift, from) = (length | ((all[from] & 127) << shift), shift + 7, from + 1);
                }

                if (from >= all.Length)
                {
                    return null;
                }

                length |= all[from++] << shift;
                if (from + length > all.Length)
                {
                    return null;
                }

                var message = all.AsSpan(from, length);
                if (message[1..].StartsWith(start))
                {
                    return message[(1 + start.Length)..].ToArray();
                }

                at = from + length;
            }

            return null;
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[32_768];
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                lock (_received)
                {
                    _received.AddRange(buffer[..result.Count]);
                }
            }
        }
        catch (WebSocketException)
        {
            return; // the server cut the line
        }
        catch (OperationCanceledException)
        {
            return; // the test is over
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Omni.Bench.Load;

/// <summary>One keep-alive HTTP/1.1 connection on a bare socket: an HTTP client would cost more than the servers measured.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[16 * 1024];

    /// <summary>True after an answer that closes the connection.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Connects.</summary>
    internal static async Task<LoadConnection> OpenAsync(int port, CancellationToken ct)
    {
        var connection = new LoadConnection();
        try
        {
            await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends a whole request and reads the whole answer.</summary>
    /// <returns>The status.</returns>
    internal async Task<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        for (var left = request; left.Length > 0;)
        {
            left = left[await _socket.SendAsync(left, SocketFlags.None, ct)..];
        }

        var (have, end) = (0, -1);
        while (end < 0)
        {
            have += await ReceiveAsync(have, ct);
            end = _answer.AsSpan(0, have).IndexOf("\r\n\r\n"u8);
        }

        var head = Encoding.ASCII.GetString(_answer, 0, end);
        IsClosed = head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
        if (Header(head, "Transfer-Encoding: chunked"))
        {
            while (!_answer.AsSpan(0, have).EndsWith("0\r\n\r\n"u8))
            {
                have += await ReceiveAsync(have, ct);
            }
        }
        else
        {
            for (var body = end + 4 + Length(head); have < body;)
            {
                have += await ReceiveAsync(have, ct);
            }
        }

        return int.Parse(head.AsSpan(9, 3));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static bool Header(string head, string line) => head.Contains("\r\n" + line, StringComparison.OrdinalIgnoreCase);

    private static int Length(string head)
    {
        const string name = "\r\nContent-Length:";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return 0;
        }

        var from = at + name.Length;
        var to = head.IndexOf('\r', from);
        return int.Parse(head.AsSpan(from, (to < 0 ? head.Length : to) - from).Trim());
    }

    private async Task<int> ReceiveAsync(int at, CancellationToken ct)
    {
        var got = await _socket.ReceiveAsync(_answer.AsMemory(at), SocketFlags.None, ct);
        return got > 0 ? got : throw new IOException("The server closed the connection.");
    }
}

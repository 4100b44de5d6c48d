using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Omni.Bench.Rig;

/// <summary>Makes another .NET process collect its garbage, over the port that every one of them has for diagnostics (docs.microsoft.com: diagnostics IPC protocol).</summary>
internal static class GarbageCollector
{
    private const byte EventPipe = 0x02;
    private const byte CollectTracing = 0x02;
    private const byte StopTracing = 0x01;
    private const long HeapCollect = 0x800000; // the keyword: a session with it begins with a full collection
    private const int HeaderBytes = 20;

    /// <summary>A full, blocking collection; returns when it is over.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task CollectAsync(int pid, CancellationToken ct)
    {
        using var session = await ConnectAsync(pid, ct);
        await session.SendAsync(Message(CollectTracing, Session()), ct);
        var answer = new byte[HeaderBytes + 8];
        await ReadAsync(session, answer, ct);
        if (answer[16] != 0xff || answer[17] != 0)
        {
            throw new InvalidOperationException($"Process {pid} refuses a diagnostic session.");
        }

        var stopping = StopAsync(pid, answer.AsMemory(HeaderBytes), ct);
        var rest = new byte[64 * 1024];
        while (await session.ReceiveAsync(rest, ct) > 0)
        {
            // what the session tells is not needed; its end says that the collection is over
        }

        await stopping;
    }

    private static async Task StopAsync(int pid, ReadOnlyMemory<byte> id, CancellationToken ct)
    {
        using var control = await ConnectAsync(pid, ct);
        await control.SendAsync(Message(StopTracing, id.ToArray()), ct);
        await ReadAsync(control, new byte[HeaderBytes + 8], ct);
    }

    private static async Task<Socket> ConnectAsync(int pid, CancellationToken ct)
    {
        var file = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").Single();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(file), ct);
        return socket;
    }

    private static byte[] Message(byte command, byte[] payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (EventPipe, command);
        payload.CopyTo(message, HeaderBytes);
        return message;
    }

    private static byte[] Session()
    {
        const int BufferMegabytes = 4, NetTrace = 1, Informational = 4, Providers = 1;
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.Unicode);
        writer.Write(BufferMegabytes);
        writer.Write(NetTrace);
        writer.Write(Providers);
        writer.Write(HeapCollect);
        writer.Write(Informational);
        const string provider = "Microsoft-Windows-DotNETRuntime";
        writer.Write(provider.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(provider + "\0"));
        writer.Write(0); // no filter
        return payload.ToArray();
    }

    private static async Task ReadAsync(Socket socket, Memory<byte> into, CancellationToken ct)
    {
        for (var have = 0; have < into.Length;)
        {
            have += await socket.ReceiveAsync(into[have..], ct) is var got and > 0 ? got : throw new IOException("The diagnostic session ended.");
        }
    }
}

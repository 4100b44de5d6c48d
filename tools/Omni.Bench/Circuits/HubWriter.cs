using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Omni.Bench.Circuits;

/// <summary>Writes one call of the hub protocol: the few MessagePack forms it uses, with the length in front.</summary>
internal sealed class HubWriter
{
    private const byte Nothing = 0xc0;
    private const byte Yes = 0xc3;
    private const byte Long = 0xd3;
    private const byte Str16 = 0xda;
    private const byte Str32 = 0xdb;

    private readonly ArrayBufferWriter<byte> _body = new(256);

    /// <summary>An invocation.</summary>
    /// <param name="id">Asks for an answer when it is not null.</param>
    /// <param name="method">The hub's method.</param>
    /// <param name="arguments">Strings, numbers, true and nulls.</param>
    internal static ReadOnlyMemory<byte> Call(string? id, string method, params ReadOnlySpan<object?> arguments)
    {
        var writer = new HubWriter();
        writer.Byte(0x96);
        writer.Value(1L);
        writer.Byte(0x80); // no headers
        writer.Value(id);
        writer.Value(method);
        writer.Byte((byte)(0x90 | arguments.Length));
        foreach (var argument in arguments)
        {
            writer.Value(argument);
        }

        writer.Byte(0x90); // no streams
        return writer.Framed();
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null:
                Byte(Nothing);
                break;
            case true:
                Byte(Yes);
                break;
            case long number:
                Byte(Long);
                BinaryPrimitives.WriteInt64BigEndian(_body.GetSpan(8), number);
                _body.Advance(8);
                break;
            case string text:
                Text(text);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is not used by the protocol.", nameof(value));
        }
    }

    private void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length < 32)
        {
            Byte((byte)(0xa0 | length));
        }
        else if (length <= ushort.MaxValue)
        {
            Byte(Str16);
            BinaryPrimitives.WriteUInt16BigEndian(_body.GetSpan(2), (ushort)length);
            _body.Advance(2);
        }
        else
        {
            Byte(Str32);
            BinaryPrimitives.WriteInt32BigEndian(_body.GetSpan(4), length);
            _body.Advance(4);
        }

        _body.Advance(Encoding.UTF8.GetBytes(text, _body.GetSpan(length)));
    }

    private void Byte(byte value)
    {
        _body.GetSpan(1)[0] = value;
        _body.Advance(1);
    }

    private byte[] Framed()
    {
        var (length, head) = (_body.WrittenCount, new List<byte>(5));
        do
        {
            head.Add((byte)((length & 127) | (length > 127 ? 128 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. head, .. _body.WrittenSpan];
    }
}

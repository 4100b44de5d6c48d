using System.Buffers.Binary;
using System.Text;

namespace Omni.Bench.Circuits;

/// <summary>Reads one message of the hub protocol.</summary>
internal ref struct HubReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _left = message;

    /// <summary>Finds the next whole message.</summary>
    /// <param name="buffer">What was received.</param>
    /// <param name="from">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    /// <returns>False when it has not come whole.</returns>
    internal static bool TryFrame(ReadOnlySpan<byte> buffer, out int from, out int length)
    {
        (from, length) = (0, 0);
        for (var shift = 0; from < buffer.Length; shift += 7)
        {
            var part = buffer[from++];
            length |= (part & 127) << shift;
            if (part < 128)
            {
                return buffer.Length - from >= length;
            }
        }

        return false;
    }

    /// <summary>The length of an array; its members follow.</summary>
    internal int Array() => Next() is var head && head == 0xdc ? (int)Big(2) : head == 0xdd ? (int)Big(4) : head & 15;

    /// <summary>A whole number.</summary>
    internal long Number()
    {
        var head = Next();
        return head switch
        {
            < 0x80 => head,
            >= 0xe0 => (sbyte)head,
            0xcc => Big(1),
            0xcd => Big(2),
            0xce => Big(4),
            0xcf or 0xd3 => Big(8),
            0xd0 => (sbyte)Big(1),
            0xd1 => (short)Big(2),
            0xd2 => (int)Big(4),
            _ => throw new FormatException($"{head:x2} is no number."),
        };
    }

    /// <summary>A text or nothing.</summary>
    internal string? Text()
    {
        var head = Next();
        return head == 0xc0 ? null : Encoding.UTF8.GetString(Take((head & 0xe0) == 0xa0 ? head & 31 : (int)Big(head == 0xd9 ? 1 : head == 0xda ? 2 : 4)));
    }

    /// <summary>Bytes.</summary>
    internal ReadOnlySpan<byte> Bytes() => Take((int)Big(Next() switch { 0xc4 => 1, 0xc5 => 2, _ => 4 }));

    /// <summary>Passes over headers or an invocation's id.</summary>
    internal void Skip()
    {
        var head = _left[0];
        if ((head & 0xf0) == 0x80)
        {
            for (var members = (Next() & 15) * 2; members > 0; members--)
            {
                Skip();
            }
        }
        else
        {
            Text();
        }
    }

    private byte Next() => Take(1)[0];

    private long Big(int bytes)
    {
        Span<byte> whole = stackalloc byte[8];
        Take(bytes).CopyTo(whole[(8 - bytes)..]);
        return BinaryPrimitives.ReadInt64BigEndian(whole);
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        var taken = _left[..bytes];
        _left = _left[bytes..];
        return taken;
    }
}

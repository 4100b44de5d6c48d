using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Omni.Core.Common;

/// <summary>Makes the ids of all rows: UUID version 7 (RFC 9562), strictly rising within one process, also inside one millisecond.</summary>
public static class OmniId
{
    private static readonly Lock Gate = new();
    private static long _last;

    /// <summary>A new id, greater than every id this process made before, in PostgreSQL's byte order.</summary>
    public static Guid New() => New(TimeProvider.System.GetUtcNow());

    /// <summary>A new id stamped with <paramref name="at"/>; ids of the same instant still rise.</summary>
    public static Guid New(DateTimeOffset at)
    {
        long stamp;
        lock (Gate)
        {
            // 48 bits of milliseconds, then a 12 bit counter in the place of the random "rand_a".
            _last = stamp = Math.Max(_last + 1, at.ToUnixTimeMilliseconds() << 12);
        }

        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[8..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (stamp >> 12 << 16) | 0x7000 | (stamp & 0xFFF));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The smallest id that rows made at or after an instant can have; for reading by key what came since.</summary>
    public static Guid FirstOf(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (at.ToUnixTimeMilliseconds() << 16) | 0x7000);
        bytes[8] = 0x80;
        return new Guid(bytes, bigEndian: true);
    }
}

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Omni.Infrastructure.Events;

/// <summary>A place in the feed: after the event <see cref="Id"/> of transaction <see cref="Xid"/>. Written as 32 bytes in base64url.</summary>
/// <param name="Xid">The transaction.</param>
/// <param name="Id">The event; <see cref="AfterTransaction"/> for the end of the transaction.</param>
/// <param name="At">When the place was the feed's end (UTC): events that were stored after it are still to come.</param>
internal sealed record FeedCursor(ulong Xid, Guid Id, DateTimeOffset At)
{
    /// <summary>Greater than every id.</summary>
    internal static readonly Guid AfterTransaction = Guid.AllBitsSet;

    private const int Length = 32;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Xid);
        Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[24..], At.ToUnixTimeMilliseconds());
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads the written form; false for anything that is none.</summary>
    internal static bool TryParse(string? text, [NotNullWhen(true)] out FeedCursor? cursor)
    {
        cursor = null;
        Span<byte> bytes = stackalloc byte[Length];
        if (text is null || text.Length > 64 || !Base64Url.IsValid(text) ||
            !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != Length)
        {
            return false;
        }

        var at = BinaryPrimitives.ReadInt64BigEndian(bytes[24..]);
        if (at < 0 || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        cursor = new FeedCursor(BinaryPrimitives.ReadUInt64BigEndian(bytes), new Guid(bytes[8..24], bigEndian: true), DateTimeOffset.FromUnixTimeMilliseconds(at));
        return true;
    }
}

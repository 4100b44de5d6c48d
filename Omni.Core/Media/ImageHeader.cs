using System.Buffers.Binary;

namespace Omni.Core.Media;

/// <summary>Reads the size of an image from its header, before anything decodes it.</summary>
public static class ImageHeader
{
    /// <summary>Width and height in pixels, or null when the header is not one of PNG, GIF, JPEG or WebP, or broken.</summary>
    /// <param name="head">The image's first bytes; 64 kB are enough for what cameras write before a JPEG's size.</param>
    public static (int Width, int Height)? Read(ReadOnlySpan<byte> head) => head switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when head.Length >= 24 => Size(BinaryPrimitives.ReadInt32BigEndian(head[16..]), BinaryPrimitives.ReadInt32BigEndian(head[20..])),
        [(byte)'G', (byte)'I', (byte)'F', ..] when head.Length >= 10 => Size(BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..])),
        [0xFF, 0xD8, ..] => Jpeg(head),
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] when head.Length >= 30 => WebP(head),
        _ => null,
    };

    private static (int, int)? Jpeg(ReadOnlySpan<byte> head)
    {
        // Segments: FF, marker, length (with its own two bytes); the frame header C0–CF (but C4, C8, CC) has height and width.
        for (var at = 2; at + 9 < head.Length && head[at] == 0xFF;)
        {
            var marker = head[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return Size(BinaryPrimitives.ReadUInt16BigEndian(head[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(head[(at + 5)..]));
            }

            at += marker is 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(head[(at + 2)..]);
        }

        return null;
    }

    private static (int, int)? WebP(ReadOnlySpan<byte> head) => head[15] switch
    {
        (byte)'X' => Size(1 + (head[24] | (head[25] << 8) | (head[26] << 16)), 1 + (head[27] | (head[28] << 8) | (head[29] << 16))),
        (byte)'L' => Size(1 + (((head[22] & 0x3F) << 8) | head[21]), 1 + (((head[24] & 0x0F) << 10) | (head[23] << 2) | (head[22] >> 6))),
        (byte)' ' => Size(BinaryPrimitives.ReadUInt16LittleEndian(head[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) & 0x3FFF),
        _ => null,
    };

    private static (int, int)? Size(int width, int height) => width > 0 && height > 0 ? (width, height) : null;
}

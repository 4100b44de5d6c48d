using System.Text;

namespace Omni.Core.Media;

/// <summary>Tells what a file is by its first bytes, never by its name or by what the sender says.</summary>
public static class ContentType
{
    /// <summary>How many bytes <see cref="Sniff"/> wants to see.</summary>
    public const int HeadLength = 4_096;

    /// <summary>What cannot be told.</summary>
    public const string Unknown = "application/octet-stream";

    // Office files are zip archives; the first entry's name says which. It stands at offset 30.
    private static readonly (string Name, string Type)[] Office =
    [
        ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ];

    private static readonly HashSet<string> Inline = new(StringComparer.Ordinal)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/3gpp", "video/webm", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr",
        "audio/wav",
    };

    /// <summary>The media type of a file that begins with <paramref name="head"/>.</summary>
    public static string Sniff(ReadOnlySpan<byte> head) => head switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'A', (byte)'V', (byte)'E', ..] => "audio/wav",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] when head.Length >= 12 => Box(head[8..12]),
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "audio/ogg",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "video/webm",
        [(byte)'I', (byte)'D', (byte)'3', ..] => "audio/mpeg",
        [(byte)'#', (byte)'!', (byte)'A', (byte)'M', (byte)'R', ..] => "audio/amr",
        [0xFF, 0xF1 or 0xF9, ..] => "audio/aac",
        [0xFF, 0xFB or 0xF3 or 0xF2 or 0xFA, ..] => "audio/mpeg",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "application/pdf",
        [(byte)'P', (byte)'K', 3, 4, ..] => Archive(head),
        [(byte)'P', (byte)'K', 5, 6, ..] => "application/zip",
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => "application/x-ole-storage", // older office files
        _ => IsPlainText(head) ? "text/plain" : Unknown,
    };

    /// <summary>True for images, sound and video that a browser shows without running anything in them. Everything else is only ever downloaded.</summary>
    public static bool IsInlineSafe(string? mime) => mime is not null && Inline.Contains(mime);

    /// <summary>The attachment type that a media type belongs to: image, video, audio or file.</summary>
    public static string KindOf(string mime)
    {
        ArgumentNullException.ThrowIfNull(mime);
        return !IsInlineSafe(mime) ? "file" : mime[..mime.IndexOf('/', StringComparison.Ordinal)];
    }

    private static string Box(ReadOnlySpan<byte> brand) => Encoding.ASCII.GetString(brand) switch
    {
        "M4A " or "M4B " or "F4A " => "audio/mp4",
        "heic" or "heix" or "mif1" or "avif" => Unknown,
        "qt  " => "video/quicktime",
        var other when other.StartsWith("3g", StringComparison.Ordinal) => "video/3gpp",
        _ => "video/mp4",
    };

    private static string Archive(ReadOnlySpan<byte> head)
    {
        if (head.IndexOf("[Content_Types].xml"u8) == 30 || head.IndexOf("_rels/.rels"u8) == 30)
        {
            foreach (var (name, type) in Office)
            {
                if (head.IndexOf(Encoding.ASCII.GetBytes(name)) > 0)
                {
                    return type;
                }
            }
        }

        if (head.Length > 80 && head[30..].StartsWith("mimetypeapplication/vnd.oasis.opendocument."u8))
        {
            var end = head[38..].IndexOfAnyExceptInRange((byte)'+', (byte)'z');
            var type = Encoding.ASCII.GetString(head.Slice(38, end < 0 ? 0 : end));
            return type.EndsWith("PK", StringComparison.Ordinal) ? type[..^2] : type;
        }

        return "application/zip";
    }

    /// <summary>Readable as UTF-8 without control characters, and no markup that a browser might run after all.</summary>
    private static bool IsPlainText(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return false;
        }

        foreach (var value in head)
        {
            if (value is 0x7F or (< 0x20 and not (0x09 or 0x0A or 0x0C or 0x0D)))
            {
                return false;
            }
        }

        var start = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        start = start.TrimStart(" \t\r\n\f"u8);
        return !start.StartsWith("<"u8) && IsUtf8(head);
    }

    // The head may end within a character.
    private static bool IsUtf8(ReadOnlySpan<byte> head)
    {
        for (var cut = 0; cut < Math.Min(4, head.Length); cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(head[..^cut]))
            {
                return cut == 0 || head.Length >= HeadLength;
            }
        }

        return false;
    }
}

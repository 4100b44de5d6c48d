using System.Text;

namespace Omni.Core.Media;

/// <summary>Tells a file's type from its first bytes. Names and what a sender says are hints that only choose among types the bytes allow.</summary>
public static class ContentSniffer
{
    /// <summary>How many first bytes are looked at.</summary>
    public const int HeadLength = 4096;

    private const string Unknown = "application/octet-stream";

    private static readonly Dictionary<string, string> OfficeByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        [".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        [".pptx"] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    };

    private static readonly HashSet<string> Inline = new(StringComparer.Ordinal)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "video/mp4", "video/webm",
    };

    /// <summary>True for types that a browser may show in place: pictures, sound and video that carry no program.</summary>
    public static bool IsSafeInline(string? mime) => mime is not null && Inline.Contains(mime);

    /// <summary>image, video, audio or file.</summary>
    public static string KindOf(string mime)
    {
        ArgumentNullException.ThrowIfNull(mime);
        return mime.Split('/')[0] switch
        {
            "image" when Inline.Contains(mime) => "image",
            "video" => "video",
            "audio" => "audio",
            _ => "file",
        };
    }

    /// <summary>The type of a file.</summary>
    /// <param name="head">Its first bytes, up to <see cref="HeadLength"/>.</param>
    /// <param name="told">What the sender says, possibly with parameters; null when nothing.</param>
    /// <param name="name">Its name; null when it has none.</param>
    public static string TypeOf(ReadOnlySpan<byte> head, string? told, string? name)
    {
        told = told?.Split(';')[0].Trim().ToLowerInvariant();
        if (Starts(head, "\u0089PNG\r\n\u001a\n"))
        {
            return "image/png";
        }

        if (head is [0xFF, 0xD8, 0xFF, ..])
        {
            return "image/jpeg";
        }

        if (Starts(head, "GIF87a") || Starts(head, "GIF89a"))
        {
            return "image/gif";
        }

        if (Starts(head, "RIFF") && head.Length >= 12)
        {
            return head[8..12].SequenceEqual("WEBP"u8) ? "image/webp" : head[8..12].SequenceEqual("WAVE"u8) ? "audio/wav" : Unknown;
        }

        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8))
        {
            return Encoding.ASCII.GetString(head[8..12]) switch
            {
                "M4A " or "M4B " => "audio/mp4",
                ['3', 'g', ..] => told == "audio/3gpp" ? "audio/3gpp" : "video/3gpp",
                "heic" or "heix" or "mif1" => "image/heic",
                "avif" => "image/avif",
                "qt  " => "video/quicktime",
                _ => told == "audio/mp4" ? "audio/mp4" : "video/mp4",
            };
        }

        if (Starts(head, "OggS"))
        {
            return "audio/ogg";
        }

        if (Starts(head, "ID3") || (head is [0xFF, var mpeg, ..] && (mpeg & 0xE6) == 0xE2))
        {
            return "audio/mpeg";
        }

        if (head is [0xFF, 0xF1 or 0xF9, ..])
        {
            return "audio/aac";
        }

        if (Starts(head, "#!AMR"))
        {
            return "audio/amr";
        }

        if (head is [0x1A, 0x45, 0xDF, 0xA3, ..])
        {
            return "video/webm";
        }

        if (Starts(head, "%PDF-"))
        {
            return "application/pdf";
        }

        if (head is [0x50, 0x4B, 3 or 5 or 7, ..])
        {
            return OfficeByExtension.GetValueOrDefault(Path.GetExtension(name ?? ""), "application/zip");
        }

        return IsText(head) ? (told == "text/csv" || HasExtension(name, ".csv") ? "text/csv" : "text/plain") : Unknown;
    }

    private static bool HasExtension(string? name, string extension) => string.Equals(Path.GetExtension(name), extension, StringComparison.OrdinalIgnoreCase);

    private static bool Starts(ReadOnlySpan<byte> head, string magic)
    {
        if (head.Length < magic.Length)
        {
            return false;
        }

        for (var i = 0; i < magic.Length; i++)
        {
            if (head[i] != (byte)magic[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Readable UTF-8 without control characters. HTML, SVG and scripts are text as well and are never shown in place.</summary>
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return false;
        }

        // A character may be cut at the end of what was read.
        var whole = head.Length < HeadLength ? head : head[..^4];
        return !whole.ContainsAnyInRange((byte)0, (byte)8) && !whole.ContainsAnyInRange((byte)14, (byte)31) && System.Text.Unicode.Utf8.IsValid(TrimCut(whole));
    }

    private static ReadOnlySpan<byte> TrimCut(ReadOnlySpan<byte> text)
    {
        var end = text.Length;
        while (end > 0 && text.Length - end < 4 && (text[end - 1] & 0xC0) == 0x80)
        {
            end--;
        }

        return end > 0 && text[end - 1] >= 0xC0 ? text[..(end - 1)] : text;
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Omni.Infrastructure.Channels;

/// <summary>
/// Reads JSON that strangers wrote. Whatever it hands out can be stored in PostgreSQL: NUL, half surrogate pairs and broken
/// UTF-8 become U+FFFD, and numbers that no column can hold become text. Ids are never taken through a floating point number.
/// </summary>
internal static class PlatformJson
{
    private const char Replacement = '\uFFFD';
    private const int LongestId = 512;

    /// <summary>Opens a body, at most 64 levels deep.</summary>
    /// <exception cref="FormatException">It is not JSON, or deeper than that.</exception>
    public static JsonDocument Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw new FormatException($"Not readable as JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}.", e);
        }
    }

    /// <summary>The member of an object; undefined when it is missing or <paramref name="element"/> is no object.</summary>
    public static JsonElement Member(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <inheritdoc cref="Member(JsonElement, ReadOnlySpan{byte})"/>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The elements of an array; none when it is no array.</summary>
    public static JsonElement.ArrayEnumerator Each(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;

    /// <summary>A text or a number as its text; null for anything else.</summary>
    public static string? Text(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Unescape(JsonMarshal.GetRawUtf8Value(element)[1..^1]),
        JsonValueKind.Number => element.GetRawText(),
        _ => null,
    };

    /// <summary>The text of a member; null when missing, empty or neither text nor number.</summary>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Member(name).Text() is { Length: > 0 } text ? text : null;

    /// <summary>An id; null when missing or empty.</summary>
    /// <exception cref="FormatException">It is longer than any platform's ids, and than an index of the database could hold.</exception>
    public static string? Id(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Text(name) is not { } id ? null : id.Length <= LongestId ? id : throw new FormatException("An id is longer than 512 characters.");

    /// <summary>At most so many characters of a text, never half a surrogate pair.</summary>
    public static string Short(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>True only for a member that is <c>true</c>.</summary>
    public static bool Flag(this JsonElement element, ReadOnlySpan<byte> name) => element.Member(name).ValueKind == JsonValueKind.True;

    /// <summary>Unix seconds or milliseconds (told apart by size), as number or text; null when it is neither.</summary>
    public static DateTimeOffset? Time(this JsonElement element)
    {
        var raw = element.ValueKind switch
        {
            JsonValueKind.String => JsonMarshal.GetRawUtf8Value(element)[1..^1],
            JsonValueKind.Number => JsonMarshal.GetRawUtf8Value(element),
            _ => default,
        };
        if (!Utf8Parser.TryParse(raw, out long value, out var used) || used != raw.Length || value <= 0)
        {
            return null;
        }

        var milliseconds = value > 100_000_000_000 ? value : value * 1000;
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    /// <summary>A copy that outlives the document.</summary>
    public static JsonNode? Node(this JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in element.EnumerateObject())
                {
                    members[Unescape(JsonMarshal.GetRawUtf8PropertyName(member))] = member.Value.Node();
                }

                return members;
            case JsonValueKind.Array:
                var elements = new JsonArray();
                foreach (var item in element.EnumerateArray())
                {
                    elements.Add(item.Node());
                }

                return elements;
            case JsonValueKind.Number:
                return element.TryGetDecimal(out var number) ? JsonValue.Create(number) : JsonValue.Create(element.GetRawText());
            case JsonValueKind.True or JsonValueKind.False:
                return JsonValue.Create(element.GetBoolean());
            default:
                return element.Text();
        }
    }

    private static int FirstBad(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static void Clean(Span<char> text)
    {
        for (var bad = FirstBad(text); bad >= 0; bad = FirstBad(text))
        {
            text[bad] = Replacement;
            text = text[(bad + 1)..];
        }
    }

    // The framework's own reading of a text throws on half a surrogate pair, so one emoji cut in two would cost the message.
    private static string Unescape(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(raw);
        }

        var buffer = ArrayPool<char>.Shared.Rent(raw.Length);
        try
        {
            var length = Unescape(raw, buffer);
            Clean(buffer.AsSpan(0, length));
            return new string(buffer, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static int Unescape(ReadOnlySpan<byte> raw, Span<char> target)
    {
        var length = 0;
        while (true)
        {
            var at = raw.IndexOf((byte)'\\');
            length += Encoding.UTF8.GetChars(at < 0 ? raw : raw[..at], target[length..]);
            if (at < 0)
            {
                return length;
            }

            var escape = raw[at + 1];
            target[length++] = escape switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                (byte)'u' => (char)ushort.Parse(raw.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                _ => (char)escape,
            };
            raw = raw[(at + (escape == 'u' ? 6 : 2))..];
        }
    }
}

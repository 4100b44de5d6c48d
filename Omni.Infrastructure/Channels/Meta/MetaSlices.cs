using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>A part of an entry that belongs to one account.</summary>
/// <param name="List">The entry's list it stands in; null when <paramref name="Raw"/> is the whole entry.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Raw">The part as it came.</param>
internal readonly record struct MetaPart(string? List, JsonElement Entry, JsonElement Raw);

/// <summary>Writes bodies that hold a part of what another one held.</summary>
internal static class MetaSlices
{
    /// <summary>A body with these parts. They are written as they came, byte by byte; only the envelope around them is new.</summary>
    public static ReadOnlyMemory<byte> Write(string topic, IEnumerable<MetaPart> parts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("object"u8, topic);
        writer.WriteStartArray("entry"u8);
        foreach (var part in parts)
        {
            if (part.List is null)
            {
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(part.Raw), skipInputValidation: true);
                continue;
            }

            writer.WriteStartObject();
            WriteMember(writer, "id"u8, part.Entry);
            WriteMember(writer, "time"u8, part.Entry);
            writer.WriteStartArray(part.List);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(part.Raw), skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteMember(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement entry)
    {
        if (entry.Member(name) is { ValueKind: not JsonValueKind.Undefined } value)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
        }
    }
}

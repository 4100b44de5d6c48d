using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Cuts a delivery into slices per account.</summary>
internal static class WhatsAppSplitter
{
    /// <inheritdoc cref="IChannelAdapter.Split"/>
    public static IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body)
    {
        using var document = PlatformJson.Read(body);
        try
        {
            var changes = WhatsAppEnvelope.Changes(document.RootElement);
            var accounts = changes.GroupBy(c => c.AccountId, StringComparer.Ordinal).ToList();
            return accounts.Count == 1
                ? [new DeliverySlice(accounts[0].Key, body, changes.Sum(Items))]
                : accounts.ConvertAll(a => new DeliverySlice(a.Key, Write(a), a.Sum(Items)));
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }
    }

    private static int Items(WhatsAppChange change)
    {
        var items = 0;
        foreach (var list in (ReadOnlySpan<JsonElement>)[change.Value.Member("messages"u8), change.Value.Member("statuses"u8), change.Value.Member("message_echoes"u8)])
        {
            items += list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
        }

        return Math.Max(items, 1);
    }

    // The changes are written as they came, byte by byte; only the envelope around them is new.
    private static ReadOnlyMemory<byte> Write(IEnumerable<WhatsAppChange> changes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("object"u8, "whatsapp_business_account"u8);
        writer.WriteStartArray("entry"u8);
        foreach (var change in changes)
        {
            if (change.IsEntry)
            {
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(change.Raw), skipInputValidation: true);
                continue;
            }

            writer.WriteStartObject();
            WriteMember(writer, "id"u8, change.Entry);
            WriteMember(writer, "time"u8, change.Entry);
            writer.WriteStartArray("changes"u8);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(change.Raw), skipInputValidation: true);
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

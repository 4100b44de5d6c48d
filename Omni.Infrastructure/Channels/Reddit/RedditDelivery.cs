using System.Buffers;
using System.Text.Json;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>How what was fetched is kept: <c>{"account":…,"data":…}</c> with Reddit's own JSON inside, because no answer says whose it is.</summary>
internal static class RedditDelivery
{
    /// <summary>A delivery with an answer of Reddit's as it came.</summary>
    public static byte[] Of(string account, JsonElement answer) => Write(account, json => answer.WriteTo(json));

    /// <summary>A delivery with some of an answer's things.</summary>
    public static byte[] Of(string account, IEnumerable<JsonElement> things) => Write(account, json =>
    {
        json.WriteStartArray();
        foreach (var thing in things)
        {
            thing.WriteTo(json);
        }

        json.WriteEndArray();
    });

    /// <summary>Opens a delivery.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    /// <exception cref="ForeignDeliveryException">It is another platform's.</exception>
    public static (string Account, JsonDocument Document) Open(ReadOnlyMemory<byte> body)
    {
        var document = PlatformJson.Read(body);
        try
        {
            if (document.RootElement.Member("object"u8).ValueKind == JsonValueKind.String)
            {
                throw new ForeignDeliveryException("This is another platform's delivery.");
            }

            return (document.RootElement.Id("account"u8) ?? throw new FormatException("The delivery names no account."), document);
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static byte[] Write(string account, Action<Utf8JsonWriter> data)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("account", account);
            json.WritePropertyName("data");
            data(json);
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }
}

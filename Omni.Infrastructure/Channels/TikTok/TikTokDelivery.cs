using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>A delivery's outer form: <c>{client_key, event, create_time, user_openid, content}</c>. One event each; <c>content</c> is a text that holds JSON itself.</summary>
/// <param name="AccountId">The business account.</param>
/// <param name="Event">What happened.</param>
/// <param name="Envelope">The whole.</param>
internal readonly record struct TikTokDelivery(string AccountId, string Event, JsonElement Envelope)
{
    /// <summary>Stands for an account that the payload does not name; no channel can have it, so such a delivery stays unrouted.</summary>
    public const string NoAccount = "unknown";

    /// <summary>When the platform says it was made.</summary>
    public DateTimeOffset? CreatedAt => Envelope.Member("create_time"u8).Time();

    /// <summary>Reads the outer form.</summary>
    /// <exception cref="FormatException">The body is no delivery.</exception>
    /// <exception cref="ForeignDeliveryException">It is one of Meta's.</exception>
    public static TikTokDelivery Of(JsonElement root)
    {
        try
        {
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("The body is not a JSON object.");
            }

            if (root.Text("event"u8) is { } name)
            {
                return new TikTokDelivery(root.Id("user_openid"u8) ?? NoAccount, name, root);
            }

            throw root.Text("object"u8) is { } topic && root.Member("entry"u8).ValueKind == JsonValueKind.Array
                ? new ForeignDeliveryException($"The body is for the topic {PlatformJson.Short(topic, 50)} of another platform.")
                : new FormatException("The body names no event.");
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }
    }

    /// <summary>Opens the inner JSON.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public JsonDocument Open()
    {
        var content = Envelope.Member("content"u8);
        var inner = content.ValueKind switch
        {
            JsonValueKind.String => content.Text()!,
            JsonValueKind.Object => content.GetRawText(),
            _ => throw new FormatException("The delivery has no content."),
        };
        JsonDocument document;
        try
        {
            document = PlatformJson.Read(Encoding.UTF8.GetBytes(inner));
        }
        catch (FormatException e)
        {
            throw new FormatException($"The content cannot be read. {e.Message}", e);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document.Dispose();
        throw new FormatException("The content is not a JSON object.");
    }

    /// <summary>Writes a delivery in the platform's form.</summary>
    public static byte[] Write(string accountId, string name, DateTimeOffset at, JsonObject content, string app = "0") => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["client_key"] = app,
        ["event"] = name,
        ["create_time"] = at.ToUnixTimeSeconds(),
        ["user_openid"] = accountId,
        ["content"] = content.ToJsonString(),
    }.ToJsonString());
}

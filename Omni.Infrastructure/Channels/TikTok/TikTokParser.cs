using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Reads deliveries (business-api.tiktok.com/portal/docs, webhooks of Business Messaging).</summary>
internal static class TikTokParser
{
    /// <inheritdoc cref="IChannelAdapter.Split"/>
    public static IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body)
    {
        using var document = PlatformJson.Read(body);
        return [new DeliverySlice(TikTokDelivery.Of(document.RootElement).AccountId, body, 1)];
    }

    /// <inheritdoc cref="IChannelAdapter.Parse"/>
    public static IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice)
    {
        using var document = PlatformJson.Read(slice);
        var delivery = TikTokDelivery.Of(document.RootElement);
        try
        {
            using var content = delivery.Open();
            return [.. TikTokEvents.Read(delivery, content.RootElement).Select(e => new ParsedItem(e))];
        }
        catch (FormatException e)
        {
            return [new ParsedItem(null, e.Message, Raw(document.RootElement))];
        }
        catch (InvalidOperationException)
        {
            return [new ParsedItem(null, "A part of the content has another type than documented, or a member name that cannot be read.", Raw(document.RootElement))];
        }
    }

    private static JsonNode? Raw(JsonElement root) => root.Node();
}

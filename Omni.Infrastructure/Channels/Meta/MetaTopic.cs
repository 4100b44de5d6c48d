using System.Text.Json;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>The <c>object</c> of a delivery: which of Meta's platforms it belongs to.</summary>
internal static class MetaTopic
{
    public const string WhatsApp = "whatsapp_business_account";
    public const string Messenger = "page";
    public const string Instagram = "instagram";

    /// <summary>True when the body is for <paramref name="topic"/>, false for one that no platform of ours has.</summary>
    /// <exception cref="FormatException">The body is not an object.</exception>
    /// <exception cref="ForeignDeliveryException">It is for another platform of Meta's.</exception>
    public static bool Check(JsonElement root, string topic)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("The body is not a JSON object.");
        }

        var told = root.Text("object"u8);
        return told == topic
            || (told is WhatsApp or Messenger or Instagram ? throw new ForeignDeliveryException($"The body is for the topic {told}, not {topic}.") : false);
    }
}

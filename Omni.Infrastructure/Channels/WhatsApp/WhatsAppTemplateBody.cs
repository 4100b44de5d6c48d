using System.Globalization;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// Fills the places of a template. Keys of the parameters: <c>header</c> and <c>body</c> (values in order), <c>header.NAME</c> and
/// <c>body.NAME</c> for named places, <c>button.N</c> for the changing end of a link, <c>button.N.quick_reply</c> and
/// <c>button.N.copy_code</c> for the other kinds. A file of the message becomes the header.
/// </summary>
internal static class WhatsAppTemplateBody
{
    /// <summary>The <c>template</c> part of a send.</summary>
    public static JsonObject Write(TemplateUse template, OutboundMedia? media, string? mediaId)
    {
        var components = new JsonArray();
        var header = Places(template, "header");
        if (media is not null)
        {
            header = [new JsonObject { ["type"] = Kind(media), [Kind(media)] = MediaValue(media, mediaId) }];
        }

        Add(components, "header", header);
        Add(components, "body", Places(template, "body"));
        foreach (var (key, values) in template.Parameters.Where(p => p.Key.StartsWith("button.", StringComparison.Ordinal)).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var parts = key.Split('.');
            var kind = parts.Length > 2 ? parts[2] : "url";
            components.Add(new JsonObject
            {
                ["type"] = "button",
                ["sub_type"] = kind,
                ["index"] = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0,
                ["parameters"] = new JsonArray([.. values.Select(v => (JsonNode)(kind switch
                {
                    "quick_reply" => new JsonObject { ["type"] = "payload", ["payload"] = v },
                    "copy_code" => new JsonObject { ["type"] = "coupon_code", ["coupon_code"] = v },
                    _ => new JsonObject { ["type"] = "text", ["text"] = v },
                }))]),
            });
        }

        var body = new JsonObject { ["name"] = template.Name, ["language"] = new JsonObject { ["code"] = template.Language } };
        if (components.Count > 0)
        {
            body["components"] = components;
        }

        return body;
    }

    private static List<JsonObject> Places(TemplateUse template, string place)
    {
        var values = template.Parameters.GetValueOrDefault(place) ?? [];
        var named = template.Parameters
            .Where(p => p.Key.StartsWith(place + ".", StringComparison.Ordinal))
            .SelectMany(p => p.Value, (p, value) => new JsonObject { ["type"] = "text", ["parameter_name"] = p.Key[(place.Length + 1)..], ["text"] = value });
        return [.. values.Select(value => new JsonObject { ["type"] = "text", ["text"] = value }), .. named];
    }

    private static void Add(JsonArray components, string type, List<JsonObject> parameters)
    {
        if (parameters.Count > 0)
        {
            components.Add(new JsonObject { ["type"] = type, ["parameters"] = new JsonArray([.. parameters]) });
        }
    }

    private static string Kind(OutboundMedia media) => media.Type is "image" or "video" ? media.Type : "document";

    private static JsonObject MediaValue(OutboundMedia media, string? mediaId)
    {
        var value = new JsonObject { ["id"] = mediaId };
        if (Kind(media) == "document")
        {
            value["filename"] = media.Name;
        }

        return value;
    }
}

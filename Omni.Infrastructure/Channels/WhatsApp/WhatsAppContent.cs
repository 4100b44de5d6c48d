using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>What a message says, by its type.</summary>
internal static class WhatsAppContent
{
    /// <summary>Adds type, words and attachments to an event. A type that nobody knows becomes a visible "unsupported" message.</summary>
    /// <exception cref="FormatException">The part that the type announces is missing.</exception>
    public static InboundEvent Fill(InboundEvent e, JsonElement message, string? type)
    {
        switch (type)
        {
            case "text":
                return e with { Type = "text", Text = Part(message, type).Member("body"u8).Text() ?? throw Missing(type) };
            case "image" or "video" or "audio" or "voice" or "document" or "sticker":
                return Media(e, Part(message, type), type);
            case "location":
                return e with { Type = "location", Attachments = [Location(Part(message, type))] };
            case "contacts":
                return e with { Type = "contacts", Attachments = [.. Part(message, type, JsonValueKind.Array).Each().Select(Card)] };
            case "interactive":
                return WhatsAppInteractive.Reply(e, Part(message, type));
            case "button":
                return WhatsAppInteractive.TemplateButton(e, Part(message, type));
            case "order":
                return Order(e, Part(message, type));
            default:
                return Unsupported(e, message, type);
        }
    }

    /// <summary>The error for a message whose announced part is not there.</summary>
    public static FormatException Missing(string type) => new($"A message of type {type} without its content.");

    // The content stands under the name of the type.
    private static JsonElement Part(JsonElement message, string type, JsonValueKind kind = JsonValueKind.Object) =>
        message.Member(type) is var part && part.ValueKind == kind ? part : throw Missing(type);

    private static InboundEvent Media(InboundEvent e, JsonElement media, string type)
    {
        var own = type switch { "document" => "file", "voice" => "audio", _ => type };
        var extra = new JsonObject();
        if (own == "audio")
        {
            extra["voice"] = type == "voice" || media.Flag("voice"u8);
        }
        else if (own == "sticker")
        {
            extra["animated"] = media.Flag("animated"u8);
        }

        if (media.Text("sha256"u8) is { } hash)
        {
            extra["sha256"] = hash;
        }

        // "file" of older voice messages is a path on the platform's server: never an address.
        var attachment = new InboundAttachment(own)
        {
            Id = media.Text("id"u8),
            Mime = media.Text("mime_type"u8),
            Url = media.Text("url"u8),
            Filename = media.Text("filename"u8),
            Extra = extra,
        };
        return e with { Type = own, Text = media.Text("caption"u8), Attachments = [attachment] };
    }

    private static InboundAttachment Location(JsonElement location)
    {
        var extra = new JsonObject { ["latitude"] = location.Member("latitude"u8).Node(), ["longitude"] = location.Member("longitude"u8).Node() };
        foreach (var name in (ReadOnlySpan<string>)["name", "address"])
        {
            if (location.Member(name).Text() is { Length: > 0 } text)
            {
                extra[name] = text;
            }
        }

        return new InboundAttachment("location") { Url = location.Text("url"u8), Extra = extra };
    }

    private static InboundAttachment Card(JsonElement contact)
    {
        var name = contact.Member("name"u8);
        var extra = new JsonObject
        {
            ["name"] = name.Text("formatted_name"u8) ?? name.Text("first_name"u8),
            ["phones"] = Texts(contact.Member("phones"u8), "phone"),
        };
        if (Texts(contact.Member("emails"u8), "email") is { Count: > 0 } emails)
        {
            extra["emails"] = emails;
        }

        return new InboundAttachment("contact") { Extra = extra };
    }

    private static JsonArray Texts(JsonElement list, string member) =>
        [.. list.Each().Select(item => item.Member(member).Text()).Where(t => t is { Length: > 0 }).Select(t => (JsonNode?)t)];

    private static InboundEvent Order(InboundEvent e, JsonElement order)
    {
        var items = order.Member("product_items"u8);
        e.Extra["order"] = new JsonObject { ["catalog_id"] = order.Text("catalog_id"u8), ["items"] = items.Each().Count() };
        e.Extra["order_items"] = items.Node(); // what was ordered, for the bubble
        return e with { Type = "order", Text = order.Text("text"u8) };
    }

    private static InboundEvent Unsupported(InboundEvent e, JsonElement message, string? type)
    {
        if (message.Member("errors"u8) is { ValueKind: JsonValueKind.Array } errors)
        {
            e.Extra["errors"] = WhatsAppErrors.Codes(errors);
        }

        // Either the platform says which type it does not hand over, or it hands over one that is new to us.
        if ((message.Member("unsupported"u8).Text("type"u8) ?? (type is "unsupported" or "unknown" ? null : type)) is { } what)
        {
            e.Extra["unsupported_type"] = what;
        }

        return e with { Type = "unsupported" };
    }
}

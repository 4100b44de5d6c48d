using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>What a direct message says: its words and attachments. Payloads carry no type, size or name of files.</summary>
internal static class DirectContent
{
    private const string Heart = "❤️";

    /// <summary>Adds type, words and attachments to an event. What nobody knows becomes a visible "unsupported" message.</summary>
    public static InboundEvent Fill(InboundEvent e, JsonElement message)
    {
        var text = message.Member("text"u8).Text() is { Length: > 0 } words ? words : null;
        var attachments = new List<InboundAttachment>();
        foreach (var attachment in message.Member("attachments"u8).Each())
        {
            switch (attachment.Text("type"u8))
            {
                case "like_heart":
                    e.Extra["sticker"] = "like_heart";
                    text ??= Heart;
                    break;
                case "template":
                    e.Extra["template"] = true;
                    text ??= Title(attachment);
                    break;
                default:
                    if (Read(attachment) is { } read)
                    {
                        AddOnce(attachments, read);
                    }
                    else
                    {
                        e.Extra["unsupported_type"] = attachment.Text("type"u8);
                    }

                    break;
            }
        }

        return e with { Type = TypeOf(e, message, text, attachments), Text = text, Attachments = attachments };
    }

    private static string TypeOf(InboundEvent e, JsonElement message, string? text, List<InboundAttachment> attachments) => attachments switch
    {
        _ when e.Extra.ContainsKey("sticker") => "sticker",
        [{ Type: "link" }, ..] when text is not null => "text",
        [{ Type: "link" }, ..] => "share",
        [var first, ..] => first.Type,
        _ when e.Extra.Remove("template") => "template",
        _ when text is null || message.Flag("is_unsupported"u8) => "unsupported",
        _ => "text",
    };

    private static string? Title(JsonElement attachment)
    {
        var payload = attachment.Member("payload"u8);
        return payload.Text("text"u8) ?? payload.Member("generic"u8).Member("elements"u8).Each().FirstOrDefault().Text("title"u8)
            ?? payload.Member("elements"u8).Each().FirstOrDefault().Text("title"u8) ?? attachment.Text("title"u8);
    }

    private static InboundAttachment? Read(JsonElement attachment)
    {
        var payload = attachment.Member("payload"u8);
        var url = Address(payload.Text("url"u8) ?? attachment.Text("url"u8) ?? attachment.Text("URL"u8));
        switch (attachment.Text("type"u8))
        {
            // Until 2026 a sticker came as an image with the sticker's id, for a while as both.
            case "image" or "sticker" when payload.Text("sticker_id"u8) is { } sticker:
                return new InboundAttachment("sticker") { Id = sticker, Url = url };
            case "image" or "video" or "audio" or "file" or "sticker" or "story_mention":
                return new InboundAttachment(attachment.Text("type"u8)!) { Url = url };
            case "location":
                return Location(attachment, payload, url);
            case "fallback":
                return new InboundAttachment("link") { Url = url, Extra = Titled(attachment, payload) };
            case "share" or "post" or "ig_post" or "reel" or "ig_reel" or "ig_story":
                return new InboundAttachment("share")
                {
                    Id = payload.Text("ig_post_media_id"u8) ?? payload.Text("reel_video_id"u8) ?? payload.Text("story_media_id"u8),
                    Url = url ?? Address(payload.Text("story_media_url"u8)),
                    Extra = Titled(attachment, payload),
                };
            default:
                return null;
        }
    }

    private static InboundAttachment Location(JsonElement attachment, JsonElement payload, string? url)
    {
        var place = payload.Member("coordinates"u8);
        var extra = new JsonObject { ["latitude"] = place.Member("lat"u8).Node(), ["longitude"] = place.Member("long"u8).Node() };
        if (attachment.Text("title"u8) is { } name)
        {
            extra["name"] = name;
        }

        return new InboundAttachment("location") { Url = url, Extra = extra };
    }

    private static JsonObject Titled(JsonElement attachment, JsonElement payload) =>
        (payload.Text("title"u8) ?? attachment.Text("title"u8)) is { } title ? new JsonObject { ["title"] = title } : [];

    // Relative paths and other schemes occur; nobody could follow them.
    private static string? Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http" ? url : null;

    /// <summary>While the platform changes its types the same thing comes under the old and the new one.</summary>
    private static void AddOnce(List<InboundAttachment> all, InboundAttachment one)
    {
        var same = all.FindIndex(a => a.Type == one.Type && ((a.Id is not null && a.Id == one.Id) || (a.Type == "share" && a.Url is not null && a.Url == one.Url)));
        if (same < 0)
        {
            all.Add(one);
        }
        else if (all[same].Id is null || all[same].Extra.Count < one.Extra.Count)
        {
            all[same] = one;
        }
    }
}

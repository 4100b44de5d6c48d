using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>What a message says: its words and attachments.</summary>
internal static class TikTokContent
{
    /// <summary>Adds type, words and attachments to an event. What nobody knows becomes a visible "unsupported" message.</summary>
    public static InboundEvent Fill(InboundEvent e, JsonElement content)
    {
        var type = content.Text("type"u8) ?? "";
        var part = content.Member(type);
        switch (type)
        {
            case "text" when part.Text("body"u8) is { } words:
                return e with { Type = "text", Text = words };
            case "image" or "video" when part.Text("media_id"u8) is { } file:
                return e with { Type = type, Attachments = [new InboundAttachment(type) { Id = file }] };
            case "sticker" or "emoji" when Address(part.Text("url"u8)) is { } url:
                return e with { Type = "sticker", Attachments = [new InboundAttachment("sticker") { Url = url }] };
            case "share_post" when Address(part.Text("embed_url"u8)) is { } url:
                return e with { Type = "share", Attachments = [new InboundAttachment("share") { Id = part.Text("video_id"u8), Url = url }] };
            case "template":
                return e with { Type = "template", Text = part.Text("title"u8) ?? part.Member("elements"u8).Each().FirstOrDefault().Text("title"u8) };
            default:
                e.Extra["raw_type"] = type;
                return e with { Type = "unsupported" };
        }
    }

    /// <summary>The part of a message in the platform's form; <c>type</c> names its member.</summary>
    public static JsonObject Part(string type, JsonElement message) => message.Member(type).Node() as JsonObject ?? [];

    /// <summary>A web address, or null: relative paths and other schemes could not be followed by anybody.</summary>
    public static string? Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http" ? url : null;
}

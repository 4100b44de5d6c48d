using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Writes the body of a send.</summary>
internal static class WhatsAppMessageBody
{
    /// <summary>Why this message cannot be sent whatever the platform says; null when it can be tried.</summary>
    public static string? Refuse(OutboundMessage message) => message switch
    {
        { Recipients.Count: 0 } => "The message has no recipient.",
        { Type: "text", Text: null or "" } => "The message has no text.",
        { Type: "text", Text.Length: > 4096 } => "WhatsApp takes at most 4096 characters. Split the text into several messages.",
        { Type: "image" or "video" or "audio" or "file" or "sticker", Media: null } => "The message has no file.",
        { Type: "audio" or "sticker", Text.Length: > 0 } => "WhatsApp shows no words beside audio and stickers. Send them as a message of their own.",
        { Type: "image" or "video" or "file", Text.Length: > WhatsAppCapabilities.MaxCaption } => "WhatsApp takes at most 1024 characters beside a file. Send the rest as a message of its own.",
        { Type: "reaction", ReplyTo: null } => "A reaction needs the message it is about.",
        { Type: "template", Template: null } => "No template was chosen.",
        { Type: "interactive", Interactive: null } => "The message has no buttons.",
        { Type: "text" or "image" or "video" or "audio" or "file" or "sticker" or "reaction" or "template" or "interactive" } => null,
        _ => $"WhatsApp has no messages of type {message.Type}.",
    };

    /// <summary>The body of a message that <see cref="Refuse"/> lets through.</summary>
    /// <param name="message">The message.</param>
    /// <param name="mediaId">The platform's id of the uploaded file.</param>
    public static JsonObject Write(OutboundMessage message, string? mediaId)
    {
        var type = message.Type == "file" ? "document" : message.Type;
        var body = new JsonObject { ["messaging_product"] = "whatsapp", ["recipient_type"] = "individual" };
        // A phone number goes first where both are known; the platform prefers it too.
        if (message.Recipients.FirstOrDefault(id => !WhatsAppPerson.IsScoped(id)) is { } phone)
        {
            body["to"] = phone;
        }
        else
        {
            body["recipient"] = message.Recipients[0];
        }

        body["type"] = type;
        body["biz_opaque_callback_data"] = message.Id.ToString("N"); // comes back on every status, also when the answer to this call is lost
        if (message.ReplyTo is { } target && type != "reaction")
        {
            body["context"] = new JsonObject { ["message_id"] = target };
        }

        body[type] = type switch
        {
            "text" => Text(message.Text!),
            "reaction" => new JsonObject { ["message_id"] = message.ReplyTo, ["emoji"] = message.Emoji ?? "" },
            "template" => WhatsAppTemplateBody.Write(message.Template!, message.Media, mediaId),
            "interactive" => WhatsAppInteractiveBody.Write(message.Interactive!, message.Text),
            _ => Media(message, type, mediaId!),
        };
        return body;
    }

    private static JsonObject Text(string text) => new()
    {
        ["body"] = text,
        ["preview_url"] = text.Contains("https://", StringComparison.OrdinalIgnoreCase) || text.Contains("http://", StringComparison.OrdinalIgnoreCase),
    };

    private static JsonObject Media(OutboundMessage message, string type, string mediaId)
    {
        var media = new JsonObject { ["id"] = mediaId };
        if (!string.IsNullOrEmpty(message.Text))
        {
            media["caption"] = message.Text;
        }

        if (type == "document")
        {
            media["filename"] = message.Media!.Name;
        }

        return media;
    }
}

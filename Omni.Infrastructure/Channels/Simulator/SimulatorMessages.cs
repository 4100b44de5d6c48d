using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Judges the body of a send as the platform does. Limits: developers.facebook.com/docs/whatsapp/cloud-api/reference/messages.</summary>
internal static partial class SimulatorMessages
{
    private const int Invalid = 100;
    private const int Missing = 131008;
    private const int Value = 131009;

    /// <summary>Why the message is not taken (code and words); null when it is.</summary>
    public static (int Code, string Words)? Refuse(SimulatedAccount account, JsonObject body, Func<string, bool> knowsMedia)
    {
        var type = Text(body["type"]) ?? "text";
        return Text(body["messaging_product"]) != "whatsapp" ? (Invalid, "Param messaging_product must be one of {WHATSAPP}")
            : Recipient(body) is null ? (Invalid, "The parameter to is required.")
            : Text(body["biz_opaque_callback_data"]) is { Length: > 512 } ? (Invalid, "Param biz_opaque_callback_data must be at most 512 characters long.")
            : body[type] is not JsonObject part ? (Missing, $"Parameter {type} is required.")
            : type switch
            {
                "text" => RefuseText(part),
                "reaction" => Text(part["message_id"]) is null ? (Missing, "Parameter message_id is required.") : null,
                "image" or "video" or "audio" or "document" or "sticker" => RefuseMedia(type, part, knowsMedia),
                "interactive" => RefuseInteractive(part),
                "template" => RefuseTemplate(account, part),
                "location" or "contacts" => null,
                _ => (Invalid, $"Param type must be a known type, not {type}."),
            };
    }

    /// <summary>To whom a message goes.</summary>
    public static string? Recipient(JsonObject body) => Text(body["to"]) ?? Text(body["recipient"]);

    /// <summary>The words of a message, whatever its type.</summary>
    public static string? Words(JsonObject body) =>
        Text(body["text"]?["body"]) ?? Text(body["interactive"]?["body"]?["text"]) ?? Text(body["template"]?["name"]) ?? Text(body["reaction"]?["emoji"])
        ?? Text(body[Text(body["type"]) ?? "text"]?["caption"]);

    /// <summary>A node's text; null when it is none or empty.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private static (int, string)? RefuseText(JsonObject text) => Text(text["body"]) switch
    {
        null => (Invalid, "The parameter text['body'] is required."),
        { Length: > 4096 } => (Invalid, "Param text['body'] must be at most 4096 characters long."),
        _ => null,
    };

    private static (int, string)? RefuseMedia(string type, JsonObject media, Func<string, bool> knowsMedia) =>
        Text(media["link"]) is null && Text(media["id"]) is null ? (Missing, "Either id or link is required.")
        : Text(media["id"]) is { } id && !knowsMedia(id) ? (Value, "Media ID does not exist.")
        : Text(media["caption"]) is { } caption && (type is "audio" or "sticker" || caption.Length > 1024) ? (Invalid, "Param caption is not valid.")
        : null;

    private static (int, string)? RefuseInteractive(JsonObject interactive)
    {
        var action = interactive["action"];
        var titles = (action?["buttons"] as JsonArray ?? []).Select(b => Text(b?["reply"]?["title"])).ToList();
        var rows = (action?["sections"] as JsonArray ?? []).SelectMany(s => s?["rows"] as JsonArray ?? []).Select(r => Text(r?["title"])).ToList();
        return Text(interactive["body"]?["text"]) is null or { Length: > 1024 } ? (Value, "Body text must have 1 to 1024 characters.")
            : Text(interactive["type"]) switch
            {
                "button" when titles.Count is 0 or > 3 => (Value, "Between 1 and 3 buttons are required."),
                "button" when titles.Exists(t => t is null or { Length: > 20 }) || titles.Distinct().Count() < titles.Count => (Value, "Button titles must be unique and have 1 to 20 characters."),
                "list" when rows.Count is 0 or > 10 => (Value, "Between 1 and 10 rows are required."),
                "list" when rows.Exists(t => t is null or { Length: > 24 }) || Text(action?["button"]) is null or { Length: > 20 } => (Value, "Row titles must have 1 to 24 characters, the button 1 to 20."),
                null => (Missing, "Parameter interactive['type'] is required."),
                _ => null,
            };
    }

    private static (int, string)? RefuseTemplate(SimulatedAccount account, JsonObject template)
    {
        var known = account.Templates.FirstOrDefault(t =>
            Text(t["name"]) == Text(template["name"]) && Text(t["language"]) == Text(template["language"]?["code"]) && Text(t["status"]) == "APPROVED");
        if (known is null)
        {
            return (132001, "Template name does not exist in the translation");
        }

        var body = (known["components"] as JsonArray ?? []).FirstOrDefault(c => Text(c?["type"]) == "BODY");
        var places = Place().Matches(Text(body?["text"]) ?? "").Select(m => m.Value).Distinct().Count();
        var given = (template["components"] as JsonArray ?? []).Where(c => Text(c?["type"]) == "body").Sum(c => (c?["parameters"] as JsonArray)?.Count ?? 0);
        return places == given ? null : (132000, $"body: number of localizable_params ({given}) does not match the expected number of params ({places})");
    }

    [GeneratedRegex(@"\{\{\w+\}\}", RegexOptions.NonBacktracking)]
    private static partial Regex Place();
}

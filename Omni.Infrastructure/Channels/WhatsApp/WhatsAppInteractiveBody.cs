using System.Text.Json.Nodes;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// Turns the contract's interactive content into the platform's:
/// <c>{type:"buttons", buttons:[{id,title}], footer?}</c> and <c>{type:"list", button, sections:[{title,rows:[{id,title,description?}]}], footer?}</c>.
/// An object with an <c>action</c> is already in the platform's form and goes out as it is.
/// </summary>
internal static class WhatsAppInteractiveBody
{
    /// <summary>The <c>interactive</c> part of a send.</summary>
    /// <param name="content">The content.</param>
    /// <param name="text">The words above the buttons.</param>
    public static JsonObject Write(JsonObject content, string? text)
    {
        var body = content.DeepClone().AsObject();
        if (!body.ContainsKey("action"))
        {
            var list = (string?)body["type"] == "list";
            var action = list
                ? new JsonObject { ["button"] = Take(body, "button"), ["sections"] = Take(body, "sections") }
                : new JsonObject { ["buttons"] = new JsonArray([.. (Take(body, "buttons") as JsonArray ?? []).Select(Button)]) };
            body["type"] = list ? "list" : "button";
            body["action"] = action;
            if (body["footer"] is JsonValue footer)
            {
                body["footer"] = new JsonObject { ["text"] = footer.DeepClone() };
            }
        }

        if (text is not null)
        {
            body["body"] = new JsonObject { ["text"] = text };
        }

        return body;
    }

    private static JsonNode? Take(JsonObject from, string name)
    {
        from.Remove(name, out var value);
        return value;
    }

    private static JsonObject Button(JsonNode? button) => new() { ["type"] = "reply", ["reply"] = button?.DeepClone() };
}

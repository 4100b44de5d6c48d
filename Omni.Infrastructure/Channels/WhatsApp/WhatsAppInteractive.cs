using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Answers given by tapping: buttons, list rows, forms. <c>extra.payload</c> is what an automation branches on.</summary>
internal static class WhatsAppInteractive
{
    /// <summary>A reply to an interactive message.</summary>
    public static InboundEvent Reply(InboundEvent e, JsonElement interactive)
    {
        var kind = interactive.Text("type"u8) ?? throw WhatsAppContent.Missing("interactive");
        var reply = interactive.Member(kind);
        e.Extra["interactive"] = kind;
        if (kind == "nfm_reply")
        {
            AddForm(e.Extra, reply.Text("response_json"u8));
            return e with { Type = "interactive", Text = reply.Text("body"u8) };
        }

        if ((reply.Text("id"u8) ?? reply.Text("response"u8)) is { } payload)
        {
            e.Extra["payload"] = payload;
        }

        if (reply.Text("description"u8) is { } description)
        {
            e.Extra["description"] = description;
        }

        return e with { Type = "interactive", Text = reply.Text("title"u8) };
    }

    /// <summary>A quick-reply button of a template.</summary>
    public static InboundEvent TemplateButton(InboundEvent e, JsonElement button)
    {
        e.Extra["interactive"] = "template_button";
        e.Extra["payload"] = button.Text("payload"u8);
        return e with { Type = "interactive", Text = button.Text("text"u8) };
    }

    // The answers of a form are JSON inside a string, usually but not always an object.
    private static void AddForm(JsonObject extra, string? answers)
    {
        try
        {
            using var form = JsonDocument.Parse(answers ?? "");
            if (form.RootElement.ValueKind == JsonValueKind.Object)
            {
                extra["form"] = form.RootElement.Node();
                return;
            }
        }
        catch (JsonException)
        {
            extra["form_raw"] = answers;
            return;
        }

        extra["form_raw"] = answers;
    }
}

using System.Text;
using System.Text.Json.Nodes;

namespace Omni.Tests.Support;

/// <summary>WhatsApp deliveries, small enough to be read in a test.</summary>
internal static class Deliveries
{
    internal const string Number = "700100200300501";

    /// <summary>The moment that most tests happen at; whole seconds, as the platform tells them.</summary>
    internal static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>A message of text.</summary>
    internal static JsonObject Text(string id, string text, string? from = "4790213377", string? userId = null, DateTimeOffset? at = null, string? replyTo = null)
    {
        var message = Item(id, "text", from, userId, at);
        message["text"] = new JsonObject { ["body"] = text };
        if (replyTo is not null)
        {
            message["context"] = new JsonObject { ["id"] = replyTo };
        }

        return message;
    }

    /// <summary>A message of any type.</summary>
    internal static JsonObject Item(string id, string type, string? from = "4790213377", string? userId = null, DateTimeOffset? at = null, JsonObject? content = null)
    {
        var message = new JsonObject { ["id"] = id, ["type"] = type, ["timestamp"] = Stamp(at) };
        Set(message, "from", from);
        Set(message, "from_user_id", userId);
        if (content is not null)
        {
            message[type] = content;
        }

        return message;
    }

    internal static JsonObject Edit(string id, string target, string text, DateTimeOffset? at = null) => Item(id, "edit", at: at, content: new JsonObject
    {
        ["original_message_id"] = target,
        ["message"] = new JsonObject { ["type"] = "text", ["text"] = new JsonObject { ["body"] = text } },
    });

    internal static JsonObject Revoke(string id, string target, DateTimeOffset? at = null) =>
        Item(id, "revoke", at: at, content: new JsonObject { ["original_message_id"] = target });

    internal static JsonObject React(string id, string target, string? emoji, DateTimeOffset? at = null)
    {
        var reaction = new JsonObject { ["message_id"] = target };
        Set(reaction, "emoji", emoji);
        return Item(id, "reaction", at: at, content: reaction);
    }

    /// <summary>A delivery of messages to one number.</summary>
    internal static byte[] Of(params JsonObject[] messages) => To(Number, messages);

    /// <summary>A delivery of messages to a number.</summary>
    internal static byte[] To(string number, params JsonObject[] messages) => Body(Change(number, "messages", new JsonObject { ["messages"] = new JsonArray([.. messages]) }));

    /// <summary>A delivery with the sender's profile.</summary>
    internal static byte[] WithProfile(string name, string? phone, string? userId, params JsonObject[] messages)
    {
        var contact = new JsonObject { ["profile"] = new JsonObject { ["name"] = name } };
        Set(contact, "wa_id", phone);
        Set(contact, "user_id", userId);
        return Body(Change(Number, "messages", new JsonObject { ["contacts"] = new JsonArray(contact), ["messages"] = new JsonArray([.. messages]) }));
    }

    /// <summary>A delivery of an echo: somebody answered in the platform's own app.</summary>
    internal static byte[] Echo(string id, string text, string to = "4790213377", DateTimeOffset? at = null) =>
        Body(Change(Number, "smb_message_echoes", new JsonObject
        {
            ["message_echoes"] = new JsonArray(new JsonObject
            {
                ["id"] = id, ["type"] = "text", ["from"] = "15550100000", ["to"] = to, ["timestamp"] = Stamp(at), ["text"] = new JsonObject { ["body"] = text },
            }),
        }));

    /// <summary>A delivery of one state.</summary>
    internal static byte[] Status(string id, string status, string? reference = null, string to = "4790213377", string number = Number)
    {
        var state = new JsonObject { ["id"] = id, ["status"] = status, ["timestamp"] = Stamp(null), ["recipient_id"] = to };
        Set(state, "biz_opaque_callback_data", reference);
        if (status == "failed")
        {
            state["errors"] = new JsonArray(new JsonObject { ["code"] = 131026, ["title"] = "Message undeliverable" });
        }

        return Body(Change(number, "messages", new JsonObject { ["statuses"] = new JsonArray(state) }));
    }

    /// <summary>One change of a number.</summary>
    internal static JsonObject Change(string number, string field, JsonObject value)
    {
        value["messaging_product"] = "whatsapp";
        value["metadata"] = new JsonObject { ["display_phone_number"] = "15550100000", ["phone_number_id"] = number };
        return new JsonObject { ["field"] = field, ["value"] = value };
    }

    /// <summary>A delivery of changes, each in an entry of its own.</summary>
    internal static byte[] Body(params JsonObject[] changes) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["object"] = "whatsapp_business_account",
        ["entry"] = new JsonArray([.. changes.Select(c => new JsonObject { ["id"] = "800100200300500", ["changes"] = new JsonArray(c) })]),
    }.ToJsonString());

    private static string Stamp(DateTimeOffset? at) => (at ?? Now).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Set(JsonObject target, string name, string? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }
}

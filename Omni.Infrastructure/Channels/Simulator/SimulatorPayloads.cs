using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Builds webhook bodies in the platform's form, down to its way of escaping.</summary>
internal static class SimulatorPayloads
{
    internal static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A delivery with messages of one person.</summary>
    public static byte[] Messages(SimulatedAccount account, SimulatedPerson person, params JsonObject[] messages)
    {
        var contact = new JsonObject { ["profile"] = new JsonObject { ["name"] = person.Name } };
        Set(contact["profile"]!.AsObject(), "username", person.Username);
        Set(contact, "wa_id", person.Phone);
        Set(contact, "user_id", person.UserId);
        foreach (var message in messages)
        {
            Set(message, "from", person.Phone);
            Set(message, "from_user_id", person.UserId);
        }

        return Write(account, value =>
        {
            value["contacts"] = new JsonArray(contact);
            value["messages"] = new JsonArray([.. messages]);
        });
    }

    /// <summary>A delivery with one state of a message.</summary>
    public static byte[] Status(SimulatedAccount account, LedgerSend send, string status, DateTimeOffset at)
    {
        var body = new JsonObject { ["id"] = send.MessageId, ["status"] = status, ["timestamp"] = Stamp(at) };
        Set(body, send.Recipient.Contains('.', StringComparison.Ordinal) ? "recipient_user_id" : "recipient_id", send.Recipient);
        Set(body, "biz_opaque_callback_data", send.ClientReference);
        if (status == "failed")
        {
            var code = account.Behaviour.FailedCode;
            body["errors"] = new JsonArray(new JsonObject { ["code"] = code, ["title"] = "Simulated failure", ["message"] = "Simulated failure" });
        }

        return Write(account, value => value["statuses"] = new JsonArray(body));
    }

    /// <summary>Seconds as text, as webhooks carry them.</summary>
    public static string Stamp(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static byte[] Write(SimulatedAccount account, Action<JsonObject> fill)
    {
        var value = new JsonObject
        {
            ["messaging_product"] = "whatsapp",
            ["metadata"] = new JsonObject { ["display_phone_number"] = account.DisplayNumber, ["phone_number_id"] = account.PhoneNumberId },
        };
        fill(value);
        var body = new JsonObject
        {
            ["object"] = "whatsapp_business_account",
            ["entry"] = new JsonArray(new JsonObject
            {
                ["id"] = account.BusinessAccountId,
                ["changes"] = new JsonArray(new JsonObject { ["value"] = value, ["field"] = "messages" }),
            }),
        };
        return Escape(body.ToJsonString(Relaxed));
    }

    // Slashes and everything beyond ASCII stand only inside strings, so they can be escaped in the finished text. What the
    // serializer escaped itself has hexadecimal digits in upper case; the platform writes them in lower case.
    internal static byte[] Escape(string json)
    {
        var escaped = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            _ = json[i] switch
            {
                '/' => escaped.Append(@"\/"),
                '\\' when json[i + 1] == 'u' => escaped.Append(json.Substring(i, 6).ToLowerInvariant()),
                '\\' => escaped.Append(json, i, 2),
                > '~' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)json[i]:x4}"),
                _ => escaped.Append(json[i]),
            };
            i += json[i] != '\\' ? 0 : json[i + 1] == 'u' ? 5 : 1;
        }

        return Encoding.ASCII.GetBytes(escaped.ToString());
    }

    private static void Set(JsonObject target, string name, string? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }
}

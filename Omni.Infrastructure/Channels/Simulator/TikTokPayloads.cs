using System.Text.Json.Nodes;
using Omni.Infrastructure.Channels.TikTok;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Builds webhook bodies of TikTok in the platform's form.</summary>
internal static class TikTokPayloads
{
    private const string Thread = "thread-of-";

    /// <summary>The conversation of a person; each person has one with an account.</summary>
    public static string ThreadOf(string person) => Thread + person;

    /// <summary>The person of a conversation; empty for one that does not exist.</summary>
    public static string PersonOf(string? thread) => thread is not null && thread.StartsWith(Thread, StringComparison.Ordinal) ? thread[Thread.Length..] : "";

    /// <summary>A delivery with something a person did.</summary>
    /// <param name="account">To whom.</param>
    /// <param name="person">Who.</param>
    /// <param name="name">Their user name.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="content">Its members: <c>type</c> and what belongs to it.</param>
    /// <param name="at">When.</param>
    public static byte[] OfPerson(SimulatedAccount account, string person, string name, string id, JsonObject content, DateTimeOffset at) =>
        TikTokDelivery.Write(account.PhoneNumberId, "im_receive_msg", at, Message(account, person, name, id, content, at, isOut: false));

    /// <summary>A delivery about a message the business sent; null for states that the platform does not report.</summary>
    public static byte[]? Status(SimulatedAccount account, LedgerSend send, string status, DateTimeOffset at) => status switch
    {
        "sent" => TikTokDelivery.Write(account.PhoneNumberId, "im_send_msg", at, Message(account, send.Recipient, "", send.MessageId, Content(send), send.At, isOut: true)),
        "read" => TikTokDelivery.Write(account.PhoneNumberId, "im_mark_read_msg", at, Read(account, send.Recipient, at)),
        _ => null,
    };

    /// <summary>A message with everything around it.</summary>
    public static JsonObject Message(SimulatedAccount account, string person, string name, string id, JsonObject content, DateTimeOffset at, bool isOut)
    {
        var message = Talk(account, person, name, at, isOut);
        message["message_id"] = id;
        message["message_tag"] = new JsonObject { ["source"] = isOut ? "API" : "APP" };
        foreach (var (member, value) in content)
        {
            message[member] = value?.DeepClone();
        }

        return message;
    }

    private static JsonObject Read(SimulatedAccount account, string person, DateTimeOffset at)
    {
        var read = Talk(account, person, "", at, isOut: false);
        read["read"] = new JsonObject { ["last_read_timestamp"] = at.ToUnixTimeMilliseconds() };
        return read;
    }

    private static JsonObject Talk(SimulatedAccount account, string person, string name, DateTimeOffset at, bool isOut)
    {
        var (business, customer) = (new JsonObject { ["id"] = account.PhoneNumberId, ["role"] = "business_account" }, new JsonObject { ["id"] = person, ["role"] = "personal_account" });
        return new JsonObject
        {
            ["timestamp"] = at.ToUnixTimeMilliseconds(),
            ["unique_identifier"] = person,
            ["from_user"] = isOut ? business : customer,
            ["to_user"] = isOut ? customer : business,
            ["from"] = isOut ? account.DisplayNumber : name,
            ["to"] = isOut ? name : account.DisplayNumber,
            ["conversation_id"] = ThreadOf(person),
        };
    }

    private static JsonObject Content(LedgerSend send) => send.Type switch
    {
        "image" => new JsonObject { ["type"] = "image", ["image"] = new JsonObject { ["media_id"] = send.MessageId } },
        "interactive" => new JsonObject { ["type"] = "template", ["template"] = new JsonObject { ["title"] = send.Text } },
        _ => new JsonObject { ["type"] = "text", ["text"] = new JsonObject { ["body"] = send.Text } },
    };
}

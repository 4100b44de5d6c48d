using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>Builds webhook bodies of Messenger and Instagram in the platform's form, down to its way of escaping.</summary>
internal static class DirectPayloads
{
    /// <summary>A delivery with something a person did, given as the item's own member (<c>message</c>, <c>reaction</c> …).</summary>
    public static byte[] OfPerson(SimulatedAccount account, string person, string member, JsonObject content, DateTimeOffset at) =>
        Body(account, Item(person, account.PhoneNumberId, member, content, at), at);

    /// <summary>A delivery about a message the business sent; null for states that the platform does not report.</summary>
    public static byte[]? Status(SimulatedAccount account, LedgerSend send, string status, DateTimeOffset at)
    {
        var isInstagram = account.Kind == ChannelKind.Instagram;
        return status switch
        {
            "sent" => Body(account, Item(account.PhoneNumberId, send.Recipient, "message", Echo(send, isInstagram), send.At), at),
            "delivered" when !isInstagram => OfPerson(account, send.Recipient, "delivery", new JsonObject { ["mids"] = new JsonArray(send.MessageId), ["watermark"] = at.ToUnixTimeMilliseconds() }, at),
            "read" => OfPerson(account, send.Recipient, "read", isInstagram ? new JsonObject { ["mid"] = send.MessageId } : new JsonObject { ["watermark"] = at.ToUnixTimeMilliseconds() }, at),
            _ => null,
        };
    }

    private static JsonObject Echo(LedgerSend send, bool isInstagram)
    {
        var message = new JsonObject { ["mid"] = send.MessageId, ["is_echo"] = true };
        if (!isInstagram)
        {
            message["app_id"] = 1517776481860111;
            if (send.ClientReference is not null)
            {
                message["metadata"] = send.ClientReference;
            }
        }

        if (send.Text is not null)
        {
            message["text"] = send.Text;
        }

        if (send.Type is "image" or "video" or "audio" or "file")
        {
            message["attachments"] = new JsonArray(new JsonObject { ["type"] = send.Type, ["payload"] = new JsonObject() });
        }

        return message;
    }

    private static JsonObject Item(string sender, string recipient, string member, JsonObject content, DateTimeOffset at) => new()
    {
        ["sender"] = new JsonObject { ["id"] = sender },
        ["recipient"] = new JsonObject { ["id"] = recipient },
        ["timestamp"] = at.ToUnixTimeMilliseconds(),
        [member] = content,
    };

    private static byte[] Body(SimulatedAccount account, JsonObject item, DateTimeOffset at) => SimulatorPayloads.Escape(new JsonObject
    {
        ["object"] = account.Kind == ChannelKind.Instagram ? MetaTopic.Instagram : MetaTopic.Messenger,
        ["entry"] = new JsonArray(new JsonObject { ["time"] = at.ToUnixTimeMilliseconds(), ["id"] = account.PhoneNumberId, ["messaging"] = new JsonArray(item) }),
    }.ToJsonString(SimulatorPayloads.Relaxed));
}

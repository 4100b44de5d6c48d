using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Reads one item of <c>messaging</c> or <c>standby</c>.</summary>
internal static class DirectEvents
{
    /// <summary>Names that reactions had before they were emoji.</summary>
    private static readonly Dictionary<string, string> Emoji = new()
    {
        ["love"] = "❤️", ["like"] = "👍", ["dislike"] = "👎", ["smile"] = "😆", ["wow"] = "😮", ["sad"] = "😢", ["angry"] = "😠",
    };

    /// <summary>What one item stands for; a delivery report may name several messages.</summary>
    /// <exception cref="FormatException">A part that the item announces is missing.</exception>
    public static IEnumerable<InboundEvent> Read(DirectItem item, JsonElement value)
    {
        var (head, isOut) = Head(item, value);
        var part = (string name) => value.Member(name) is { ValueKind: JsonValueKind.Object } found ? found : (JsonElement?)null;
        if (part("message") is { } message)
        {
            return [Message(Directed(head, isOut), message, isOut)];
        }

        if (part("message_edit") is { } edit)
        {
            return [Directed(head, isOut) with { Kind = InboundKind.Edit, ExternalId = Mid(edit), Type = "text", Text = edit.Text("text"u8) }];
        }

        if (part("reaction") is { } reaction)
        {
            return [Reaction(Directed(head, isOut), reaction)];
        }

        if (part("postback") is { } postback)
        {
            return [Postback(Directed(head, isOut), postback)];
        }

        if (part("referral") is { } referral)
        {
            AddReferral(head.Extra, referral);
            return [Directed(head, isOut) with { Kind = InboundKind.Referral }];
        }

        if (part("optin") is { } optin)
        {
            Add(head.Extra, "ref", optin.Text("ref"u8));
            return [Directed(head, isOut) with { Kind = InboundKind.Optin }];
        }

        return part("delivery") is { } delivery ? Delivered(head, delivery)
            : part("read") is { } read ? [Seen(head, read)]
            : part("policy_enforcement") is { } policy ? [Policy(head, policy)]
            : [Ignored(head, value)];
    }

    // A person is whoever is not the account: echoes have sender and recipient the other way round.
    private static (InboundEvent Head, bool IsOut) Head(in DirectItem item, JsonElement value)
    {
        var sender = value.Member("sender"u8).Id("id"u8);
        var recipient = value.Member("recipient"u8).Id("id"u8);
        var isOut = sender == item.AccountId || (recipient != item.AccountId && value.Member("message"u8).Flag("is_echo"u8));
        var extra = new JsonObject();
        if (item.IsStandby)
        {
            extra["standby"] = true;
        }

        return (
            new InboundEvent
            {
                Kind = InboundKind.Ignored,
                AccountId = item.AccountId,
                ContactId = isOut ? recipient : sender,
                Timestamp = value.Member("timestamp"u8).Time(),
                Extra = extra,
            },
            isOut);
    }

    private static InboundEvent Directed(InboundEvent head, bool isOut) => head with { Direction = isOut ? MessageDirection.Out : MessageDirection.In };

    private static string Mid(JsonElement part) => part.Id("mid"u8) ?? throw new FormatException("An item without the id of its message.");

    private static InboundEvent Message(InboundEvent head, JsonElement message, bool isOut)
    {
        head = head with { Kind = InboundKind.Message, ExternalId = Mid(message) };
        if (message.Flag("is_deleted"u8))
        {
            return head with { Kind = InboundKind.Deletion };
        }

        if (head.ContactId is null || head.ContactId == head.AccountId)
        {
            // The account writes to itself, or a plug-in names nobody.
            return head with { Kind = InboundKind.Ignored, Direction = null, ExternalId = null, Extra = new JsonObject { ["reason"] = "message without another person" } };
        }

        var reference = message.Text("metadata"u8);
        if (isOut)
        {
            head.Extra["echo"] = true;
            Add(head.Extra, "app_id", message.Text("app_id"u8));
            Add(head.Extra, "metadata", reference);
        }

        Add(head.Extra, "payload", message.Member("quick_reply"u8).Text("payload"u8));
        var reply = message.Member("reply_to"u8);
        if (reply.Member("story"u8) is { ValueKind: JsonValueKind.Object } story)
        {
            head.Extra["story"] = new JsonObject { ["id"] = story.Text("id"u8), ["url"] = story.Text("url"u8) };
        }

        if (message.Member("referral"u8) is { ValueKind: JsonValueKind.Object } referral)
        {
            AddReferral(head.Extra, referral);
        }

        return DirectContent.Fill(head with { ReplyTo = reply.Id("mid"u8), ClientReference = isOut ? reference : null }, message);
    }

    private static InboundEvent Reaction(InboundEvent head, JsonElement reaction)
    {
        var name = reaction.Text("reaction"u8);
        var isTaken = reaction.Text("action"u8) == "unreact";
        head.Extra["action"] = isTaken ? "remove" : "add";
        head.Extra["emoji"] = isTaken ? null : reaction.Text("emoji"u8) ?? (name is null ? null : Emoji.GetValueOrDefault(name, "👍"));
        Add(head.Extra, "reaction", name);
        return head with { Kind = InboundKind.Reaction, ExternalId = Mid(reaction) };
    }

    private static InboundEvent Postback(InboundEvent head, JsonElement postback)
    {
        Add(head.Extra, "payload", postback.Text("payload"u8));
        if (postback.Member("referral"u8) is { ValueKind: JsonValueKind.Object } referral)
        {
            AddReferral(head.Extra, referral);
        }

        return head with { Kind = InboundKind.Postback, ExternalId = postback.Id("mid"u8), Text = postback.Text("title"u8) };
    }

    private static List<InboundEvent> Delivered(InboundEvent head, JsonElement delivery)
    {
        var watermark = delivery.Member("watermark"u8).Time();
        head = head with { Kind = InboundKind.Delivery, Status = "delivered", Timestamp = watermark ?? head.Timestamp };
        AddWatermark(head.Extra, watermark);
        var mids = delivery.Member("mids"u8).Each().Select(m => m.Text()).OfType<string>().ToList();
        return mids.Count == 0 ? [head] : mids.ConvertAll(mid => head with { ExternalId = mid, Extra = head.Extra.DeepClone().AsObject() });
    }

    // Messenger tells up to when everything was read, Instagram which message.
    private static InboundEvent Seen(InboundEvent head, JsonElement read)
    {
        var watermark = read.Member("watermark"u8).Time();
        AddWatermark(head.Extra, watermark);
        return head with { Kind = InboundKind.Read, Status = "read", ExternalId = read.Id("mid"u8), Timestamp = watermark ?? head.Timestamp };
    }

    private static InboundEvent Policy(InboundEvent head, JsonElement policy) => head with
    {
        Kind = InboundKind.AccountUpdate,
        ContactId = null,
        Type = policy.Text("action"u8) == "block" ? "ACCOUNT_RESTRICTION" : "policy_enforcement",
        Status = policy.Text("action"u8),
        Error = policy.Text("reason"u8) is { } reason ? new PlatformError("policy", PlatformJson.Short(reason, 300), SendReaction.Pause) : null,
    };

    private static InboundEvent Ignored(InboundEvent head, JsonElement value)
    {
        head.Extra["reason"] =
            value.Member("pass_thread_control"u8).ValueKind != JsonValueKind.Undefined || value.Member("take_thread_control"u8).ValueKind != JsonValueKind.Undefined
                || value.Member("request_thread_control"u8).ValueKind != JsonValueKind.Undefined || value.Member("app_roles"u8).ValueKind != JsonValueKind.Undefined ? "handover"
            : value.Member("account_linking"u8).ValueKind != JsonValueKind.Undefined ? "account linking"
            : value.Member("game_play"u8).ValueKind != JsonValueKind.Undefined ? "game play"
            : value.Member("message_request"u8).ValueKind != JsonValueKind.Undefined ? "message request"
            : "no known event key";
        return head;
    }

    private static void AddReferral(JsonObject extra, JsonElement referral)
    {
        var found = new JsonObject();
        Add(found, "ref", referral.Text("ref"u8));
        Add(found, "source", referral.Text("source"u8));
        Add(found, "ad_id", referral.Text("ad_id"u8));
        Add(found, "product_id", referral.Member("product"u8).Text("id"u8));
        extra["referral"] = found;
    }

    private static void AddWatermark(JsonObject extra, DateTimeOffset? watermark)
    {
        if (watermark is { } told)
        {
            extra["watermark"] = told.ToUnixTimeMilliseconds();
        }
    }

    private static void Add(JsonObject extra, string name, string? value)
    {
        if (value is not null)
        {
            extra[name] = value;
        }
    }
}

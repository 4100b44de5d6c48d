using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Reads what one delivery stands for.</summary>
internal static class TikTokEvents
{
    /// <summary>Longest id of a conversation that can be kept.</summary>
    private const int LongestThread = 300;

    /// <summary>Shown for a reaction that is a picture.</summary>
    private const string Picture = "🙂";

    /// <summary>The events of a delivery; a reaction may hold several.</summary>
    /// <exception cref="FormatException">A part that the event needs is missing.</exception>
    public static IEnumerable<InboundEvent> Read(TikTokDelivery delivery, JsonElement content) => delivery.Event switch
    {
        "im_receive_msg" or "im_send_msg" when content.Text("type"u8) == "reaction" => Reactions(delivery, content),
        "im_receive_msg" or "im_send_msg" => [Message(delivery, content)],
        "im_mark_read_msg" => [Seen(delivery, content)],
        "im_referral_msg" => [Referral(delivery, content)],
        "im_receive_msg_eu" => [Ignored(delivery, content, "EEA/CH/UK sender: no sender, no conversation, no content; may trigger a poll of the conversation list, must not create a contact") with { IsOnlyAHint = true }],
        "authorization.removed" => [Bare(delivery, content) with { Kind = InboundKind.AccountUpdate, Type = delivery.Event, Extra = new JsonObject { ["action"] = "reauthorize" } }],
        "im_auto_message_config_update" => [Ignored(delivery, content, "auto message configuration")],
        "im_auto_message_audit_update" => [Ignored(delivery, content, "auto message audit")],
        "im_receive_high_intent_comment" or "comment.update" => [Ignored(delivery, content, "comment, not a direct message")],
        "tiktok.ping" => [Ignored(delivery, content, "portal test")],
        _ => [Ignored(delivery, content, "unknown event")],
    };

    private static InboundEvent Message(in TikTokDelivery delivery, JsonElement content)
    {
        var head = Head(delivery, content);
        if (head.ContactId is null)
        {
            throw new FormatException("A message that names nobody.");
        }

        head = head with
        {
            Kind = InboundKind.Message,
            ExternalId = content.Id("message_id"u8) ?? throw new FormatException("A message without an id."),
            ReplyTo = content.Member("referenced_message_info"u8).Id("referenced_message_id"u8),
        };
        if (head.Direction == MessageDirection.Out)
        {
            head.Extra["echo"] = true;
            Add(head.Extra, "source", content.Member("message_tag"u8).Text("source"u8));
            Add(head.Extra, "auto_message", content.Text("auto_message_type"u8));
        }

        Add(head.Extra, "payload", content.Member("reply_source_payload"u8).Text("reply_source_unique_id"u8));
        return TikTokContent.Fill(head, content);
    }

    private static IEnumerable<InboundEvent> Reactions(TikTokDelivery delivery, JsonElement content)
    {
        var head = Head(delivery, content);
        Add(head.Extra, "event_id", content.Id("message_id"u8));
        foreach (var reaction in content.Member("reaction"u8).Each())
        {
            var extra = head.Extra.DeepClone().AsObject();
            var isTaken = reaction.Text("operation"u8) == "REMOVE";
            extra["action"] = isTaken ? "remove" : "add";
            extra["emoji"] = isTaken ? null : reaction.Text("emoji"u8) ?? Picture;
            Add(extra, "url", TikTokContent.Address(reaction.Text("ai_emoji_url"u8)));
            var by = reaction.Id("unique_identifier"u8);
            yield return head with
            {
                Kind = InboundKind.Reaction,
                ExternalId = reaction.Id("original_msg_id"u8) ?? throw new FormatException("A reaction without the id of its message."),
                Direction = by is null ? head.Direction : by == head.AccountId ? MessageDirection.Out : MessageDirection.In,
                Timestamp = reaction.Member("timestamp"u8).Time() ?? head.Timestamp,
                Extra = extra,
            };
        }
    }

    /// <summary>Everything that was sent up to a moment has been read.</summary>
    private static InboundEvent Seen(in TikTokDelivery delivery, JsonElement content)
    {
        var head = Head(delivery, content);
        var until = content.Member("read"u8).Member("last_read_timestamp"u8).Time();
        if (until is { } watermark)
        {
            head.Extra["watermark"] = watermark.ToUnixTimeMilliseconds();
        }

        return head with { Kind = InboundKind.Read, Direction = null, Status = "read", Timestamp = until ?? head.Timestamp };
    }

    private static InboundEvent Referral(in TikTokDelivery delivery, JsonElement content)
    {
        var head = Head(delivery, content);
        var referral = content.Member("referral"u8);
        var found = new JsonObject();
        Add(found, "source", referral.Text("source"u8));
        Add(found, "ad_id", referral.Member("ad"u8).Text("ad_id"u8));
        Add(found, "ref", referral.Member("short_link"u8).Text("ref"u8));
        head.Extra["referral"] = found;
        return head with { Kind = InboundKind.Referral };
    }

    /// <summary>Account, person, conversation and time of anything that belongs to a conversation. The person is whoever is not the account.</summary>
    private static InboundEvent Head(in TikTokDelivery delivery, JsonElement content)
    {
        var (from, to) = (content.Member("from_user"u8), content.Member("to_user"u8));
        var isOut = from.Id("id"u8) is { } sender && sender == delivery.AccountId
            || (to.Id("id"u8) != delivery.AccountId && (from.Text("role"u8) is { } role ? role.Equals("business_account", StringComparison.OrdinalIgnoreCase) : delivery.Event == "im_send_msg"));
        var thread = content.Id("conversation_id"u8);
        if (thread is { Length: > LongestThread })
        {
            throw new FormatException("The id of a conversation is longer than 300 characters.");
        }

        var head = Bare(delivery, content) with
        {
            Direction = isOut ? MessageDirection.Out : MessageDirection.In,
            ContactId = (isOut ? to : from).Id("id"u8),
            ContactName = content.Text(isOut ? "to"u8 : "from"u8),
            ThreadKey = thread ?? "",
        };
        Add(head.Extra, "conversation_id", thread);
        return head;
    }

    private static InboundEvent Bare(in TikTokDelivery delivery, JsonElement content) => new()
    {
        Kind = InboundKind.Ignored,
        AccountId = delivery.AccountId,
        Timestamp = content.Member("timestamp"u8).Time() ?? delivery.CreatedAt,
    };

    private static InboundEvent Ignored(in TikTokDelivery delivery, JsonElement content, string reason) =>
        Bare(delivery, content) with { Extra = new JsonObject { ["reason"] = reason } };

    private static void Add(JsonObject extra, string name, string? value)
    {
        if (value is not null)
        {
            extra[name] = value;
        }
    }
}

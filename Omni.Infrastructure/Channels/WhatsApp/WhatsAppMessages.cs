using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Reads one element of <c>messages</c> or <c>message_echoes</c>.</summary>
internal static class WhatsAppMessages
{
    /// <summary>The event that a message, reaction, edit, deletion or system notice stands for.</summary>
    /// <exception cref="FormatException">A part that the type needs is missing.</exception>
    public static InboundEvent Read(WhatsAppChange change, JsonElement message, bool echo)
    {
        var time = message.Member("timestamp"u8).Time();
        if (message.Text("group_id"u8) is not null)
        {
            return WhatsAppAccountEvents.Ignored(change, "group message: must not land in the 1:1 thread", time);
        }

        var type = message.Text("type"u8);
        if (type == "request_welcome")
        {
            return WhatsAppAccountEvents.Ignored(change, "the chat was opened for the first time", time);
        }

        if (type == "system")
        {
            return System(change, message, time);
        }

        var person = echo
            ? WhatsAppPerson.Of(change, message.Id("to"u8), message.Id("to_user_id"u8))
            : WhatsAppPerson.Of(change, message.Id("from"u8), message.Id("from_user_id"u8));
        var extra = person.Extra();
        if (echo)
        {
            extra["echo"] = true;
        }

        var head = new InboundEvent
        {
            Kind = InboundKind.Message,
            AccountId = change.AccountId,
            Direction = echo ? MessageDirection.Out : MessageDirection.In,
            ExternalId = message.Id("id"u8) ?? throw new FormatException("A message without an id."),
            ContactId = person.Id,
            ContactAliases = person.Aliases,
            ContactName = person.Name,
            Username = person.Username,
            Timestamp = time,
            Extra = extra,
        };
        return type switch
        {
            "reaction" => Reaction(head, message.Member("reaction"u8)),
            "edit" => Edit(head, message.Member("edit"u8)),
            "revoke" => About(head, message.Member("revoke"u8), "original_message_id"u8, InboundKind.Deletion),
            _ => Message(head, message, type),
        };
    }

    private static InboundEvent Message(InboundEvent head, JsonElement message, string? type)
    {
        var context = message.Member("context"u8);
        var often = context.Flag("frequently_forwarded"u8);
        if (often || context.Flag("forwarded"u8))
        {
            head.Extra["forwarded"] = true; // a context with only these marks is no reply
        }

        if (often)
        {
            head.Extra["frequently_forwarded"] = true;
        }

        if (context.Member("referred_product"u8).Text("product_retailer_id"u8) is { } product)
        {
            head.Extra["referred_product"] = product;
        }

        AddReferral(head.Extra, message.Member("referral"u8));
        return WhatsAppContent.Fill(head with { ReplyTo = context.Id("id"u8) }, message, type);
    }

    // A click on an ad that opens WhatsApp; it can sit on a message of any type.
    private static void AddReferral(JsonObject extra, JsonElement referral)
    {
        if (referral.ValueKind == JsonValueKind.Object)
        {
            extra["referral"] = new JsonObject
            {
                ["source"] = referral.Text("source_type"u8),
                ["ad_id"] = referral.Text("source_id"u8),
                ["ctwa_clid"] = referral.Text("ctwa_clid"u8),
                ["headline"] = referral.Text("headline"u8),
                ["url"] = referral.Text("source_url"u8),
            };
        }
    }

    private static InboundEvent Reaction(InboundEvent head, JsonElement reaction)
    {
        var emoji = reaction.Text("emoji"u8); // absent or empty: taken back
        head.Extra["action"] = emoji is null ? "remove" : "add";
        head.Extra["emoji"] = emoji;
        return About(head, reaction, "message_id"u8, InboundKind.Reaction);
    }

    private static InboundEvent Edit(InboundEvent head, JsonElement edit)
    {
        var about = About(head, edit, "original_message_id"u8, InboundKind.Edit);
        var message = edit.Member("message"u8);
        return WhatsAppContent.Fill(about, message, message.Text("type"u8));
    }

    private static InboundEvent About(InboundEvent head, JsonElement part, ReadOnlySpan<byte> target, InboundKind kind)
    {
        head.Extra["event_id"] = head.ExternalId;
        return head with { Kind = kind, ExternalId = part.Id(target) ?? throw new FormatException($"A {kind} without the message it is about.") };
    }

    private static InboundEvent System(in WhatsAppChange change, JsonElement message, DateTimeOffset? time)
    {
        var system = message.Member("system"u8);
        var current = system.Id("user_id"u8);
        var previous = system.Id("previous_user_id"u8);
        var number = system.Id("wa_id"u8) ?? system.Id("new_wa_id"u8);
        var person = WhatsAppPerson.Of(change, message.Id("from"u8) ?? system.Id("customer"u8), message.Id("from_user_id"u8) ?? previous);
        var type = system.Text("type"u8) switch
        {
            "user_changed_number" or "customer_changed_number" => "number_changed",
            "user_changed_user_id" => "user_id_changed",
            "customer_identity_changed" => "identity_changed",
            var other => other,
        };
        var extra = new JsonObject();
        if (type == "number_changed")
        {
            extra["new_contact_id"] = number ?? throw new FormatException("A change of number without the new number.");
        }
        else if (type == "user_id_changed")
        {
            extra["previous_user_id"] = previous;
            extra["user_id"] = current ?? throw new FormatException("A change of user id without the new id.");
        }

        return new InboundEvent
        {
            Kind = InboundKind.ContactUpdate,
            AccountId = change.AccountId,
            ExternalId = message.Id("id"u8),
            ContactId = person.Id,
            ContactAliases = [.. new[] { current, person.UserId, previous, number }.OfType<string>().Distinct().Where(id => id != person.Id)],
            ContactName = person.Name,
            Username = person.Username,
            Type = type,
            Timestamp = time,
            Extra = extra,
        };
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Changes that are no messages: templates, account, preferences, and what is left aside on purpose.</summary>
internal static class WhatsAppAccountEvents
{
    /// <summary>The event of a change whose field holds no list of messages.</summary>
    public static InboundEvent Read(WhatsAppChange change) => change.Field switch
    {
        "message_template_status_update" => Template(change, "status", "event"u8, withReason: true),
        "message_template_quality_update" => Template(change, "quality", "new_quality_score"u8),
        "message_template_components_update" => Template(change, "components", default),
        "template_category_update" => Template(change, "category", "new_category"u8),
        "account_update" => Account(change, change.Value.Text("event"u8), change.Value.Member("ban_info"u8).Text("waba_ban_state"u8)),
        "account_review_update" => Account(change, change.Field, change.Value.Text("decision"u8)),
        "account_alerts" => Account(change, change.Field, change.Value.Text("alert_status"u8)),
        "phone_number_quality_update" or "phone_number_name_update" or "business_capability_update" or "security" =>
            Account(change, change.Field, change.Value.Text("event"u8) ?? change.Value.Text("decision"u8)),
        "calls" => Ignored(change, "call", change.Value.Member("calls"u8).Each().FirstOrDefault().Member("timestamp"u8).Time()),
        // Imported history can hold messages that look live; it must open neither a conversation nor the reply window.
        "history" or "smb_app_state_sync" => Ignored(change, "history sync is not live traffic", null),
        _ => Ignored(change, "unknown field", null),
    };

    /// <summary>What the person wants to receive: stop or resume marketing messages.</summary>
    public static InboundEvent Preference(WhatsAppChange change, JsonElement preference)
    {
        var person = WhatsAppPerson.Of(change, preference.Id("wa_id"u8), preference.Id("user_id"u8));
        return new InboundEvent
        {
            Kind = InboundKind.Preference,
            AccountId = change.AccountId,
            ContactId = person.Id,
            ContactAliases = person.Aliases,
            ContactName = person.Name,
            Username = person.Username,
            Type = preference.Text("category"u8),
            Status = preference.Text("value"u8),
            Timestamp = preference.Member("timestamp"u8).Time(),
            Extra = person.Extra(),
        };
    }

    /// <summary>Something that is understood and left aside, with the reason.</summary>
    public static InboundEvent Ignored(in WhatsAppChange change, string reason, DateTimeOffset? time) => new()
    {
        Kind = InboundKind.Ignored,
        AccountId = change.AccountId,
        Timestamp = time,
        Extra = new JsonObject { ["reason"] = reason },
    };

    private static InboundEvent Account(in WhatsAppChange change, string? type, string? status) => new()
    {
        Kind = InboundKind.AccountUpdate,
        AccountId = change.AccountId,
        Type = type ?? change.Field,
        Status = status,
        Timestamp = change.Entry.Member("time"u8).Time(),
        Extra = new JsonObject { ["details"] = change.Value.Node() }, // the owner is told what exactly was restricted, and until when
    };

    private static InboundEvent Template(in WhatsAppChange change, string type, ReadOnlySpan<byte> status, bool withReason = false)
    {
        var extra = new JsonObject
        {
            ["template_id"] = change.Value.Text("message_template_id"u8), // a 64-bit number
            ["template_name"] = change.Value.Text("message_template_name"u8),
            ["language"] = change.Value.Text("message_template_language"u8),
        };
        if (withReason && change.Value.Text("reason"u8) is { } reason && reason != "NONE")
        {
            extra["reason"] = reason;
        }

        return new InboundEvent
        {
            Kind = InboundKind.TemplateUpdate,
            AccountId = change.AccountId,
            Type = type,
            Status = status.IsEmpty ? null : change.Value.Text(status),
            Timestamp = change.Entry.Member("time"u8).Time(),
            Extra = extra,
        };
    }
}

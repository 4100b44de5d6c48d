using System.Text.Json;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>Reads one element of <c>statuses</c>: what became of a message we sent.</summary>
internal static class WhatsAppStatuses
{
    /// <summary>The event of one status; a state that nobody knows is ignored, not guessed.</summary>
    public static InboundEvent Read(WhatsAppChange change, JsonElement status)
    {
        var time = status.Member("timestamp"u8).Time();
        var state = status.Text("status"u8);
        if (state is not ("sent" or "delivered" or "read" or "played" or "failed"))
        {
            return WhatsAppAccountEvents.Ignored(change, "unknown status", time);
        }

        if (status.Text("recipient_type"u8) == "group")
        {
            return WhatsAppAccountEvents.Ignored(change, "status of a group message", time);
        }

        var person = WhatsAppPerson.Of(change, status.Id("recipient_id"u8), status.Id("recipient_user_id"u8));
        var extra = person.Extra();
        var reference = status.Text("biz_opaque_callback_data"u8);
        if (reference is not null)
        {
            extra["callback_data"] = reference;
        }

        PlatformError? error = null;
        if (status.Member("errors"u8) is { ValueKind: JsonValueKind.Array } errors && errors.GetArrayLength() > 0)
        {
            error = WhatsAppErrors.Read(errors[0]);
            extra["errors"] = WhatsAppErrors.Codes(errors);
            extra["action"] = WhatsAppErrors.Action(error);
        }

        return new InboundEvent
        {
            Kind = InboundKind.Status,
            AccountId = change.AccountId,
            ExternalId = status.Id("id"u8) ?? throw new FormatException("A status without the message it is about."),
            ContactId = person.Id,
            ContactAliases = person.Aliases,
            ContactName = person.Name,
            Username = person.Username,
            Timestamp = time,
            Status = state,
            Error = error ?? (state == "failed" ? WhatsAppErrors.Unexplained : null),
            ClientReference = reference,
            Extra = extra,
        };
    }
}

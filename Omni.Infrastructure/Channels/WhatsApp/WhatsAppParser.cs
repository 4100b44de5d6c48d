using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// Reads deliveries of the WhatsApp Business Platform
/// (developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components). One pass over the document; items fail one by one.
/// </summary>
internal sealed class WhatsAppParser
{
    private readonly List<ParsedItem> _items = [];
    private readonly HashSet<(string Account, string Id, string? Status)> _seen = [];

    private WhatsAppParser()
    {
    }

    /// <inheritdoc cref="IChannelAdapter.Parse"/>
    public static IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice)
    {
        using var document = PlatformJson.Read(slice);
        var parser = new WhatsAppParser();
        try
        {
            foreach (var change in WhatsAppEnvelope.Changes(document.RootElement))
            {
                parser.Read(change);
            }
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The body has member names that cannot be read.", e);
        }

        return parser._items;
    }

    private void Read(in WhatsAppChange change)
    {
        switch (change.Field)
        {
            case "messages":
                Each(change, "messages"u8, static (c, item) => WhatsAppMessages.Read(c, item, echo: false));
                Each(change, "statuses"u8, WhatsAppStatuses.Read);
                ReadErrors(change);
                break;
            case "smb_message_echoes":
                Each(change, "message_echoes"u8, static (c, item) => WhatsAppMessages.Read(c, item, echo: true));
                break;
            case "user_preferences":
                Each(change, "user_preferences"u8, WhatsAppAccountEvents.Preference);
                break;
            default:
                One(change, change.Raw, id: null, static (c, _) => WhatsAppAccountEvents.Read(c));
                break;
        }
    }

    private void ReadErrors(in WhatsAppChange change)
    {
        if (change.Value.Member("errors"u8) is { ValueKind: JsonValueKind.Array } errors && errors.GetArrayLength() > 0)
        {
            One(change, errors, id: null, static (c, item) => new InboundEvent
            {
                Kind = InboundKind.Error,
                AccountId = c.AccountId,
                Error = WhatsAppErrors.Read(item[0]),
                Extra = new JsonObject { ["errors"] = WhatsAppErrors.Codes(item) },
            });
        }
    }

    private void Each(in WhatsAppChange change, ReadOnlySpan<byte> list, Func<WhatsAppChange, JsonElement, InboundEvent> read)
    {
        foreach (var item in change.Value.Member(list).Each())
        {
            if (_items.Count >= WhatsAppEnvelope.MostItems)
            {
                throw WhatsAppEnvelope.TooMany;
            }

            One(change, item, item.Text("id"u8), read);
        }
    }

    private void One(in WhatsAppChange change, JsonElement item, string? id, Func<WhatsAppChange, JsonElement, InboundEvent> read)
    {
        ParsedItem parsed;
        try
        {
            // The platform repeats items inside one body at times; the first one counts.
            if (id is not null && !_seen.Add((change.AccountId, id, item.Text("status"u8))))
            {
                return;
            }

            parsed = new ParsedItem(read(change, item));
        }
        catch (FormatException e)
        {
            parsed = new ParsedItem(null, e.Message, item.Node());
        }
        catch (InvalidOperationException)
        {
            parsed = new ParsedItem(null, "A part of the item has another type than documented, or a member name that cannot be read.", item.Node());
        }

        _items.Add(parsed);
    }
}

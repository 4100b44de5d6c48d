using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Tests.Channels.Contract;

/// <summary>Compares what an adapter read with an <c>expected.jsonl</c> line.</summary>
internal static class ExpectedEvents
{
    /// <summary>Stands in events for an account that a payload does not name.</summary>
    private const string NoAccount = "unknown";

    // Members that are words for a reader, or that a richer adapter may add.
    private static readonly HashSet<string> NotCompared = ["alternatives", "alternative_types", "order_items", "details"];

    private static readonly Dictionary<string, InboundKind> Kinds = new()
    {
        ["contact_update"] = InboundKind.ContactUpdate,
        ["template_update"] = InboundKind.TemplateUpdate,
        ["account_update"] = InboundKind.AccountUpdate,
    };

    /// <summary>The line with the events of one account only.</summary>
    public static JsonNode Of(JsonNode line, string accountId) => new JsonObject
    {
        ["file"] = $"{line["file"]} of {accountId}",
        ["events"] = new JsonArray([.. line["events"]!.AsArray().Where(e => ((string?)e!["channel_account_id"] ?? NoAccount) == accountId).Select(e => e!.DeepClone())]),
    };

    /// <summary>What an adapter read otherwise than the line says; null when all is equal.</summary>
    public static string? Difference(JsonNode line, IReadOnlyList<ParsedItem> items)
    {
        var file = (string?)line["file"];
        var expected = line["events"]!.AsArray();
        if (items.FirstOrDefault(item => item.Event is null) is { } unread)
        {
            return $"{file}: {unread.Problem}";
        }

        if (expected.Count != items.Count)
        {
            return $"{file}: {items.Count} events instead of {expected.Count}";
        }

        foreach (var (want, item) in expected.Zip(items))
        {
            var (normal, got) = (Normal(want!), Write(item.Event!));
            if (normal.ContainsKey("thread_id"))
            {
                got["thread_id"] = item.Event!.ThreadKey; // platforms without threads say nothing about them
            }

            if (!IsAlternative(want!, item.Event!) && !JsonNode.DeepEquals(normal, got))
            {
                return $"{file}:\nwant {normal.ToJsonString()}\ngot  {got.ToJsonString()}";
            }
        }

        return null;
    }

    private static bool IsAlternative(JsonNode want, InboundEvent got) =>
        want["extra"]?["alternatives"] is JsonArray kinds
        && kinds.Any(k => Kinds.GetValueOrDefault((string)k!, Enum.TryParse<InboundKind>((string)k!, true, out var kind) ? kind : (InboundKind)(-1)) == got.Kind)
        && Kind((string)want["kind"]!) != got.Kind;

    private static InboundKind Kind(string name) => Kinds.TryGetValue(name, out var kind) ? kind : Names.Parse<InboundKind>(name);

    private static JsonObject Normal(JsonNode want)
    {
        var copy = want.DeepClone().AsObject();
        var extra = copy["extra"] as JsonObject ?? [];
        copy["extra"] = Trim(extra.DeepClone().AsObject());
        copy["attachments"] = new JsonArray([.. copy["attachments"]!.AsArray().Select(a => (JsonNode?)a!.DeepClone())]);
        return copy;
    }

    private static JsonObject Trim(JsonObject extra)
    {
        foreach (var name in NotCompared)
        {
            extra.Remove(name);
        }

        return extra;
    }

    private static JsonObject Write(InboundEvent e) => new()
    {
        ["kind"] = Kinds.FirstOrDefault(k => k.Value == e.Kind).Key ?? Names.Of(e.Kind),
        ["direction"] = e.Direction is { } direction ? Names.Of(direction) : null,
        ["external_id"] = e.ExternalId,
        ["channel_account_id"] = e.AccountId == NoAccount ? null : e.AccountId,
        ["contact_id"] = e.ContactId,
        ["contact_name"] = e.ContactName,
        ["type"] = e.Type,
        ["text"] = e.Text,
        ["timestamp"] = e.Timestamp?.ToUnixTimeMilliseconds(),
        ["reply_to"] = e.ReplyTo,
        ["attachments"] = new JsonArray([.. e.Attachments.Select(Write)]),
        ["status"] = e.Status,
        ["extra"] = Trim(e.Extra.DeepClone().AsObject()),
    };

    private static JsonNode Write(InboundAttachment attachment)
    {
        var written = new JsonObject
        {
            ["type"] = attachment.Type,
            ["mime"] = attachment.Mime,
            ["id"] = attachment.Id,
            ["url"] = attachment.Url,
            ["filename"] = attachment.Filename,
        };
        foreach (var (name, value) in attachment.Extra)
        {
            written[name] = value?.DeepClone();
        }

        return written;
    }
}

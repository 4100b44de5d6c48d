using System.Text.Json;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>One change of a delivery, with the account it belongs to.</summary>
/// <param name="AccountId">Phone number id, or the business account's id where no number is concerned.</param>
/// <param name="Field">The webhook field; null when the entry has none.</param>
/// <param name="Value">What changed; undefined when it is missing.</param>
/// <param name="Entry">The entry around it.</param>
/// <param name="Raw">The change as it came; the entry itself where it holds no changes.</param>
internal readonly record struct WhatsAppChange(string AccountId, string? Field, JsonElement Value, JsonElement Entry, JsonElement Raw)
{
    /// <summary>True when <see cref="Raw"/> is the whole entry.</summary>
    public bool IsEntry => Field is null && Value.ValueKind == JsonValueKind.Undefined;
}

/// <summary>The outer form of a delivery: <c>{object, entry:[{id, time, changes:[{field, value}]}]}</c>.</summary>
internal static class WhatsAppEnvelope
{
    /// <summary>Stands for an account that the payload does not name; no channel can have it, so such a slice stays unrouted.</summary>
    public const string NoAccount = "unknown";

    /// <summary>Most changes, and most items, that a body may hold; the platform sends at most 1,000.</summary>
    public const int MostItems = 5000;

    /// <summary>For a body that would only be meant to keep a worker busy.</summary>
    public static FormatException TooMany => new($"The body holds more than {MostItems} items.");

    /// <summary>All changes in reading order; entries of different tenants may be mixed in one body.</summary>
    /// <exception cref="FormatException">The body is no WhatsApp delivery.</exception>
    public static List<WhatsAppChange> Changes(JsonElement root)
    {
        if (!MetaTopic.Check(root, MetaTopic.WhatsApp))
        {
            throw new FormatException($"The body is not for the topic {MetaTopic.WhatsApp}.");
        }

        if (root.Member("entry"u8) is { ValueKind: not JsonValueKind.Array })
        {
            throw new FormatException("The body has no list of entries.");
        }

        var changes = new List<WhatsAppChange>();
        foreach (var entry in root.Member("entry"u8).EnumerateArray())
        {
            var before = changes.Count;
            foreach (var change in entry.Member("changes"u8).Each())
            {
                var value = change.Member("value"u8);
                changes.Add(new WhatsAppChange(Account(entry, value), change.Text("field"u8) ?? "", value, entry, change));
            }

            if (changes.Count > MostItems)
            {
                throw TooMany;
            }

            if (changes.Count == before)
            {
                changes.Add(new WhatsAppChange(Account(entry, default), null, default, entry, entry));
            }
        }

        return changes;
    }

    // Partner events name the business account inside the value; everywhere else it is the entry's id.
    private static string Account(JsonElement entry, JsonElement value) =>
        value.Member("metadata"u8).Id("phone_number_id"u8)
        ?? value.Member("waba_info"u8).Id("waba_id"u8)
        ?? entry.Id("id"u8)
        ?? NoAccount;
}

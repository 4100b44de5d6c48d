using System.Text.Json;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Direct messages of Messenger and Instagram have the same outer form: <c>{object, entry:[{id, time, messaging|standby|changes:[…]}]}</c>.</summary>
internal static class DirectEnvelope
{
    /// <summary>Stands for an account that the payload does not name; no channel can have it, so such a slice stays unrouted.</summary>
    public const string NoAccount = "unknown";

    /// <summary>Most items that a body may hold; the platform sends at most 1,000.</summary>
    public const int MostItems = 5000;

    /// <summary>The id that the app dashboard's test button uses.</summary>
    private const string Sample = "0";

    private static readonly string[] Lists = ["messaging", "standby", "changes"];

    /// <summary>All items in reading order; entries of different tenants may be mixed in one body. A body for no platform of ours is one item without an account.</summary>
    /// <exception cref="FormatException">The body is no delivery.</exception>
    public static List<DirectItem> Items(JsonElement root, string topic)
    {
        if (!MetaTopic.Check(root, topic))
        {
            return root.Text("object"u8) is null ? throw new FormatException("The body names no topic.") : [new DirectItem(NoAccount, null, default, root, root)];
        }

        if (root.Member("entry"u8) is not { ValueKind: JsonValueKind.Array } entries)
        {
            throw new FormatException("The body has no list of entries.");
        }

        var items = new List<DirectItem>();
        foreach (var entry in entries.EnumerateArray())
        {
            var account = entry.Id("id"u8) is { } id && id != Sample ? id : NoAccount;
            foreach (var list in Lists)
            {
                foreach (var item in entry.Member(list).Each())
                {
                    items.Add(new DirectItem(account, list, item, entry, item));
                    if (items.Count > MostItems)
                    {
                        throw new FormatException($"The body holds more than {MostItems} items.");
                    }
                }
            }

            // Comments of accounts connected by Instagram login stand in the entry itself.
            if (entry.Member("field"u8).ValueKind == JsonValueKind.String)
            {
                items.Add(new DirectItem(account, null, entry, entry, entry));
            }
        }

        return items;
    }
}

/// <summary>One item of a delivery, with the account it belongs to.</summary>
/// <param name="AccountId">The entry's id: a page or an Instagram account.</param>
/// <param name="List">The list it stands in; null for the entry itself.</param>
/// <param name="Value">The item; undefined when the body is for another topic.</param>
/// <param name="Entry">The entry around it.</param>
/// <param name="Raw">The item as it came.</param>
internal readonly record struct DirectItem(string AccountId, string? List, JsonElement Value, JsonElement Entry, JsonElement Raw)
{
    /// <summary>True when another app answers this person at the moment, and this one only listens.</summary>
    public bool IsStandby => List == "standby";

    /// <summary>True for <c>{field, value}</c>, the form of changes.</summary>
    public bool IsChange => List is null or "changes";
}

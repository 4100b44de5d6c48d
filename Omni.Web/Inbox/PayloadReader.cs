using System.Text.Json;

namespace Omni.Web.Inbox;

/// <summary>Reads type-specific content without trusting its shape: whatever is missing or of another kind is left out.</summary>
public static class PayloadReader
{
    private const int MaxCards = 20;

    /// <summary>A text member, found by following names; null when it is not there.</summary>
    public static string? Text(JsonElement? payload, params ReadOnlySpan<string> path) =>
        Find(payload, path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    /// <summary>A number; null when it is not there.</summary>
    public static double? Number(JsonElement? payload, params ReadOnlySpan<string> path) =>
        Find(payload, path) is { ValueKind: JsonValueKind.Number } found && found.TryGetDouble(out var number) ? number : null;

    /// <summary>Contact cards: names with their phone numbers. Understands one card, a list, or a list under <c>contacts</c>.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> Phones)> Cards(JsonElement? payload, string? name)
    {
        var list = payload is { ValueKind: JsonValueKind.Array } array ? array : Find(payload, "contacts") is { ValueKind: JsonValueKind.Array } inner ? inner : (JsonElement?)null;
        var cards = list is { } many ? [.. many.EnumerateArray().Take(MaxCards)] : payload is { ValueKind: JsonValueKind.Object } one ? new[] { one } : [];
        return cards.Length == 0
            ? [(name ?? "Contact card", [])]
            : [.. cards.Select(c => (Text(c, "name", "formatted_name") ?? Text(c, "name") ?? name ?? "Contact card", Phones(c)))];
    }

    private static IReadOnlyList<string> Phones(JsonElement card) => Find(card, "phones") is { ValueKind: JsonValueKind.Array } phones
        ? [.. phones.EnumerateArray().Select(p => p.ValueKind == JsonValueKind.String ? p.GetString() : Text(p, "phone")).OfType<string>()]
        : [];

    private static JsonElement? Find(JsonElement? payload, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (payload is not { ValueKind: JsonValueKind.Object } here || !here.TryGetProperty(name, out var next))
            {
                return null;
            }

            payload = next;
        }

        return payload;
    }
}

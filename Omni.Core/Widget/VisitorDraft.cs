using System.Text.Json;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Widget;

/// <summary>What a page tells of its visitor. Nothing of it is trusted but a proved identifier.</summary>
public sealed record VisitorDraft
{
    /// <summary>The site's own id of the person, with <see cref="Hmac"/>; at most 200 characters.</summary>
    public string? Identifier { get; init; }

    /// <summary>The site's proof of the identifier (<see cref="WidgetKeys.Sign"/>).</summary>
    public string? Hmac { get; init; }

    /// <summary>Name, at most 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>E-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>Further facts: texts, numbers and truth values.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Attributes { get; init; }

    /// <summary>The open page.</summary>
    public VisitorPage? Page { get; init; }

    /// <summary>Where the person came from.</summary>
    public string? Referrer { get; init; }

    /// <summary>Language of the browser.</summary>
    public string? Language { get; init; }

    /// <summary>Time zone of the browser.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Browser and system in short.</summary>
    public string? Browser { get; init; }

    private const int MostAttributes = 30;
    private const int LongestAttribute = 500;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal Refusal? Check() =>
        Identifier is { Length: 0 or > 200 } ? new Refusal.Invalid("identifier", "1 to 200 characters are expected.")
        : Identifier is not null && Hmac is null ? new Refusal.Invalid("hmac", "An identifier needs its HMAC.")
        : Name is { Length: > 100 } ? new Refusal.Invalid("name", "At most 100 characters.")
        : Email is { Length: > 0 } && !EmailAddress.IsValid(Email.Trim()) ? new Refusal.Invalid("email", "An e-mail address as name@example.com is expected.")
        : Attributes is { Count: > MostAttributes } ? new Refusal.Invalid("attributes", $"At most {MostAttributes} attributes.")
        : null;

    /// <summary>The attributes as texts.</summary>
    internal Result<Dictionary<string, string>> Texts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Attributes ?? new Dictionary<string, JsonElement>())
        {
            if (Text(value) is not { Length: <= LongestAttribute } text || name.Length is 0 or > 60 || !VisitorText.IsStorable(name) || !VisitorText.IsStorable(text))
            {
                return new Refusal.Invalid("attributes", $"Names of at most 60 characters with texts, numbers or truth values of at most {LongestAttribute} characters are expected.");
            }

            texts[name] = text;
        }

        return texts;
    }

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                JsonValueKind.Null => "",
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null; // half of a character pair
        }
    }
}

/// <summary>A page of the site.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Title">Its title.</param>
public sealed record VisitorPage(string? Url, string? Title);

/// <summary>Makes what browsers tell fit for storing.</summary>
internal static class VisitorText
{
    /// <summary>Trimmed and cut; null when nothing is left.</summary>
    internal static string? Cut(string? text, int most)
    {
        var clean = string.Concat((text ?? "").Where(c => !char.IsControl(c))).Trim();
        if (clean.Length > most)
        {
            clean = clean[..(char.IsHighSurrogate(clean[most - 1]) ? most - 1 : most)];
        }

        return clean.Length == 0 || !IsStorable(clean) ? null : clean;
    }

    /// <summary>A web address, at most 2,000 characters; null for anything that is none.</summary>
    internal static string? Address(string? url) =>
        url is { Length: <= 2_000 } && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? Cut(uri.AbsoluteUri, 2_000) : null;

    /// <summary>PostgreSQL stores neither NUL nor half of a character pair.</summary>
    internal static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !isPair))
            {
                return false;
            }

            i += isPair ? 1 : 0;
        }

        return true;
    }
}

using System.Text.Json;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Reddit's things by name: <c>t1_</c> comment, <c>t3_</c> post, <c>t4_</c> private message.</summary>
internal static class RedditThing
{
    /// <summary>Kind of comments.</summary>
    public const string Comment = "t1";

    /// <summary>Kind of private messages.</summary>
    public const string Message = "t4";

    /// <summary>True for no name, and for the one name that Reddit gives to everything it has not named yet.</summary>
    public static bool IsPlaceholder(string? name) => name is null || (name.Length > 6 && name[3..].All(c => c == 'z'));

    /// <summary>A time in seconds with a fraction, as <c>1750348671.0</c>; null when it is none.</summary>
    public static DateTimeOffset? Time(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.GetRawText() is var raw && raw.IndexOf('.', StringComparison.Ordinal) is var dot && dot > 0
            && raw.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return long.TryParse(raw.AsSpan(0, dot), System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }

        return value.Time();
    }
}

namespace Omni.Core.Common;

/// <summary>How enumeration values are written in the database and in JSON: lower-case first letter, as in <c>needsReauth</c>.</summary>
public static class Names
{
    /// <summary>The written form of <paramref name="value"/>.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Table<T>.ToName[value];

    /// <summary>Reads the written form, without regard to case; false when there is no such value.</summary>
    public static bool TryParse<T>(string? name, out T value) where T : struct, Enum =>
        Table<T>.ToValue.TryGetValue(name ?? "", out value);

    /// <summary>Reads the written form.</summary>
    /// <exception cref="FormatException">There is no such value.</exception>
    public static T Parse<T>(string name) where T : struct, Enum =>
        TryParse<T>(name, out var value) ? value : throw new FormatException($"'{name}' is no {typeof(T).Name}.");

    private static class Table<T> where T : struct, Enum
    {
        internal static readonly Dictionary<T, string> ToName = Enum.GetValues<T>().ToDictionary(v => v, Write);

        internal static readonly Dictionary<string, T> ToValue =
            Enum.GetValues<T>().ToDictionary(Write, v => v, StringComparer.OrdinalIgnoreCase);

        // One-word product names (WhatsApp, TikTok) are written in lower case throughout.
        private static string Write(T value) => value is Channels.ChannelKind
            ? value.ToString().ToLowerInvariant()
            : char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..];
    }
}

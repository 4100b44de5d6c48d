using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>How a person wants pages to look and keys to work, on every device. Part of the personal settings.</summary>
/// <param name="Theme">light, dark or auto (as the device); null for what the organization chose.</param>
/// <param name="Dense">True for low rows in the list of conversations.</param>
/// <param name="EnterSends">True when Enter sends a reply; otherwise Ctrl+Enter does.</param>
/// <param name="Shortcuts">True when single keys act.</param>
public sealed record Preferences(string? Theme, bool Dense, bool EnterSends, bool Shortcuts)
{
    private const string ThemeName = "theme";
    private const string DensityName = "density";
    private const string SendKeyName = "sendKey";
    private const string ShortcutsName = "shortcuts";

    /// <summary>What counts for somebody who chose nothing.</summary>
    public static Preferences Usual { get; } = new(null, false, false, true);

    /// <summary>Reads them from the personal settings (JSON); what is missing or not understood is as usual.</summary>
    public static Preferences Read(string? settings) => settings is null || JsonNode.Parse(settings) is not JsonObject members
        ? Usual
        : new Preferences(
            Word(members, ThemeName) is "light" or "dark" or "auto" ? Word(members, ThemeName) : null,
            Word(members, DensityName) == "dense",
            Word(members, SendKeyName) == "enter",
            members[ShortcutsName]?.GetValueKind() != JsonValueKind.False);

    /// <summary>What is wrong with a change of settings; null when nothing is. Members of other names are whatever their writer wants.</summary>
    internal static Refusal? Check(JsonObject change)
    {
        return Wrong(ThemeName, ["light", "dark", "auto"]) ?? Wrong(DensityName, ["roomy", "dense"]) ?? Wrong(SendKeyName, ["ctrlEnter", "enter"])
            ?? (change[ShortcutsName] is { } keys && keys.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)
                ? new Refusal.Invalid(ShortcutsName, "true or false.")
                : null);

        Refusal? Wrong(string name, string[] allowed) => change[name] is null || (Word(change, name) is { } word && allowed.Contains(word))
            ? null
            : new Refusal.Invalid(name, $"One of {string.Join(", ", allowed)}.");
    }

    private static string? Word(JsonObject members, string name) => members[name] is JsonValue value && value.TryGetValue(out string? word) ? word : null;
}

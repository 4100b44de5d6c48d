using System.Text.RegularExpressions;

namespace Omni.Bench.Fuzz;

/// <summary>Finds what belongs to the other organization in an answer: its words, its ids, its secrets.</summary>
internal sealed partial class Canaries(FuzzSide victim)
{
    // Ids that callers choose themselves are no secrets: whoever sends one reads it again in what is their own.
    private readonly HashSet<string> _ids = new(victim.Pools.All.Except(victim.Pools.Of("clientIds")).Where(v => Guid.TryParse(v, out _)), StringComparer.OrdinalIgnoreCase);

    private readonly string[] _secrets = [.. victim.Tokens.Values, .. victim.VisitorTokens, .. victim.Pools.Of("invitationTokens"), .. victim.Pools.Of("refreshTokens")];

    /// <summary>What was found; null when nothing was.</summary>
    /// <param name="text">Everything that came.</param>
    /// <param name="sent">Values that the call itself brought.</param>
    /// <param name="isPublicSite">Whether the answer may tell what the other organization shows to everybody.</param>
    internal string? Find(string text, IReadOnlyCollection<string> sent, bool isPublicSite)
    {
        if (isPublicSite && victim.Pools.Of("signatures").Any(sent.Contains))
        {
            return null; // whoever holds the whole signed address of a file may have the file
        }

        foreach (var value in sent.Where(s => s.Contains(victim.Word, StringComparison.OrdinalIgnoreCase) || s.StartsWith("omni_", StringComparison.Ordinal)))
        {
            text = text.Replace(value, "", StringComparison.OrdinalIgnoreCase).Replace(Uri.EscapeDataString(value), "", StringComparison.OrdinalIgnoreCase);
        }

        if (text.IndexOf(victim.Word, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            return Around(text, at);
        }

        if (!isPublicSite && text.IndexOf(victim.Published, StringComparison.OrdinalIgnoreCase) is >= 0 and var shown)
        {
            return Around(text, shown);
        }

        return _secrets.FirstOrDefault(s => text.Contains(s, StringComparison.Ordinal)) is { } secret ? $"secret {secret[..12]}…"
            : isPublicSite ? null
            : Id().Matches(text).Select(m => m.Value).FirstOrDefault(id => _ids.Contains(id) && !sent.Contains(id)) is { } foreign ? $"id {foreign}" : null;
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)];

    [GeneratedRegex("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")]
    private static partial Regex Id();
}

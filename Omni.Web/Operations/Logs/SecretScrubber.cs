using System.Text.RegularExpressions;

namespace Omni.Web.Operations.Logs;

/// <summary>The last line of defence for secrets in logs: replaces what looks like one. Whoever logs still must not log them.</summary>
internal static partial class SecretScrubber
{
    private const string SecretName =
        "(?:pass(?:word|wd)?|pwd|secret|(?:app|client)_?secret|(?:access_?|refresh_?|verify_?|bot_?|auth_?)?token|api[-_]?key|signing_?key|master_?key|appsecret_proof|authorization|cookie)";

    /// <summary>The text without secrets.</summary>
    internal static string Scrub(string text)
    {
        text = Bearer().Replace(text, "${kind} ***");
        text = OwnToken().Replace(text, "omni_${kind}_***");
        text = MetaToken().Replace(text, "EAA***");
        text = UserInfo().Replace(text, "${head}***@");
        return Assignment().Replace(text, "${head}***");
    }

    /// <summary>Whether a member of this name is never written.</summary>
    internal static bool IsSecret(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"\b(?<kind>Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Bearer();

    // The kinds of tokens this product gives out.
    [GeneratedRegex(@"omni_(?<kind>at|rt|pat|once|inv)_[A-Za-z0-9_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex OwnToken();

    // Meta's access tokens all begin like this.
    [GeneratedRegex(@"EAA[A-Za-z0-9]{8,}", RegexOptions.CultureInvariant)]
    private static partial Regex MetaToken();

    [GeneratedRegex(@"(?<head>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    // Password=…; in connection strings, access_token=…& in addresses, "token": "…" in JSON. A quoted value ends at its quote.
    [GeneratedRegex(@"(?<head>\b" + SecretName + @"[""']?\s*[=:]\s*)(?:""[^""]*""|'[^']*'|[^\s;&,""'\]}]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    [GeneratedRegex($"^(?:.*_)?{SecretName}$|(?:Password|Secret|Token|ApiKey)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

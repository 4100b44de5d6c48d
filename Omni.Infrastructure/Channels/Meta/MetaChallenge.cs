using System.Security.Cryptography;
using System.Text;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Meta's check of a callback address: <c>GET ?hub.mode=subscribe&amp;hub.verify_token=…&amp;hub.challenge=…</c>.</summary>
internal static class MetaChallenge
{
    /// <summary>The challenge to send back as it came, or null when the request is not Meta's or the token is wrong or not set.</summary>
    public static string? Answer(IReadOnlyDictionary<string, string> query, string verifyToken) =>
        verifyToken.Length > 0
        && Value(query, "mode") == "subscribe"
        && Value(query, "verify_token") is { } token
        && CryptographicOperations.FixedTimeEquals(Hash(token), Hash(verifyToken)) // hashed: the comparison must not tell the length
            ? Value(query, "challenge")
            : null;

    // Some proxies and frameworks turn the dot of a parameter's name into an underscore.
    private static string? Value(IReadOnlyDictionary<string, string> query, string name) =>
        query.TryGetValue("hub." + name, out var value) || query.TryGetValue("hub_" + name, out value) ? value : null;

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

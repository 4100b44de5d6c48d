using System.Security.Cryptography;
using System.Text;

namespace Omni.Core.Widget;

/// <summary>Makes and checks the names and secrets of website chats.</summary>
public static class WidgetKeys
{
    /// <summary>Characters of a site key.</summary>
    public const int SiteKeyLength = 22;

    /// <summary>Prefix of visitors' tokens.</summary>
    public const string VisitorToken = "omni_wv_";

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A new site key: random, public, fit for an address.</summary>
    public static string NewSite() => RandomNumberGenerator.GetString(Alphabet, SiteKeyLength);

    /// <summary>A new identity secret: 256 random bits in hexadecimal digits.</summary>
    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>True when a text can be a site key at all.</summary>
    public static bool IsSiteKey(string? text) => text is { Length: SiteKeyLength } && text.All(char.IsAsciiLetterOrDigit);

    /// <summary>What a site must send to prove an identifier: lower-case hexadecimal HMAC-SHA256 of it.</summary>
    public static string Sign(string secret, string identifier) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(identifier)));

    /// <summary>True when the site's proof fits the identifier; in constant time.</summary>
    public static bool Proves(string secret, string identifier, string? hmac) =>
        hmac is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(secret, identifier)), Encoding.UTF8.GetBytes(hmac));
}

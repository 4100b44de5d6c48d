using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>
/// How TikTok proves that a delivery is its own: <c>Tiktok-Signature: t=</c> Unix seconds <c>,s=</c> the HMAC-SHA256 of the seconds, a dot and the raw
/// bytes under the app secret (developers.tiktok.com/doc/webhooks-verification).
/// </summary>
internal static class TikTokSignature
{
    /// <summary>The header's name, in lower case as deliveries keep it.</summary>
    public const string Header = "tiktok-signature";

    /// <summary>A delivery that was signed longer ago, or whose clock is ahead by more, is refused: somebody may be repeating it.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const int LongestTime = 12;

    /// <summary>True when the delivery was signed with <paramref name="secret"/> lately; an empty secret signs nothing.</summary>
    public static bool Verify(WebhookDelivery delivery, string secret, DateTimeOffset now)
    {
        if (secret.Length == 0 || !delivery.Headers.TryGetValue(Header, out var value) || !TryRead(value, out var time, out var sent))
        {
            return false;
        }

        var isRight = CryptographicOperations.FixedTimeEquals(Hash(time, delivery.Body.Span, secret), sent);
        return isRight && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= Tolerance.TotalSeconds;
    }

    /// <summary>The header's value for <paramref name="body"/>.</summary>
    public static string Sign(ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={time},s={Convert.ToHexStringLower(Hash(time, body, secret))}";
    }

    // Each part exactly once, in any order; a doubled header arrives joined by a comma and is refused.
    private static bool TryRead(string value, out string time, out byte[] sent)
    {
        (time, sent) = ("", new byte[HMACSHA256.HashSizeInBytes]);
        if (value.Split(',') is not [{ Length: > 2 } one, { Length: > 2 } other])
        {
            return false;
        }

        var (first, second) = one.StartsWith("t=", StringComparison.Ordinal) ? (one, other) : (other, one);
        if (!first.StartsWith("t=", StringComparison.Ordinal) || !second.StartsWith("s=", StringComparison.Ordinal))
        {
            return false;
        }

        time = first[2..];
        return time.Length <= LongestTime && time.All(char.IsAsciiDigit) && second.Length == 2 + (2 * sent.Length)
            && Convert.FromHexString(second.AsSpan(2), sent, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    private static byte[] Hash(string time, ReadOnlySpan<byte> body, string secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes($"{time}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}

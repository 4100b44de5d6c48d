using System.Security.Cryptography;
using System.Text;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>
/// How Meta proves that a delivery is its own: <c>X-Hub-Signature-256: sha256=</c> and the HMAC-SHA256 of the raw bytes under the
/// app secret (developers.facebook.com/docs/graph-api/webhooks/getting-started). The older SHA-1 header is not looked at.
/// </summary>
internal static class MetaSignature
{
    /// <summary>The header's name, in lower case as deliveries keep it.</summary>
    public const string Header = "x-hub-signature-256";

    private const string Prefix = "sha256=";

    /// <summary>True when the delivery was signed with <paramref name="secret"/>; an empty secret signs nothing.</summary>
    public static bool Verify(WebhookDelivery delivery, string secret)
    {
        Span<byte> sent = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (secret.Length == 0
            || !delivery.Headers.TryGetValue(Header, out var value)
            || value.Length != Prefix.Length + (2 * sent.Length) // also refuses a doubled header, which arrives joined by a comma
            || !value.StartsWith(Prefix, StringComparison.Ordinal)
            || Convert.FromHexString(value.AsSpan(Prefix.Length), sent, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), delivery.Body.Span, right);
        return CryptographicOperations.FixedTimeEquals(sent, right);
    }

    /// <summary>The header's value for <paramref name="body"/>.</summary>
    public static string Sign(ReadOnlySpan<byte> body, string secret) =>
        Prefix + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}

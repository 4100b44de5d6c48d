using System.Security.Cryptography;

namespace Omni.Web.Operations;

/// <summary>The word of this request that lets an inline script run: <c>&lt;script nonce="@Nonce.Value"&gt;</c>. Scoped, so that page and header have the same.</summary>
internal sealed class CspNonce
{
    /// <summary>128 random bits.</summary>
    internal string Value { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
}

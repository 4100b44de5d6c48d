using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Omni.Core.Identity;

/// <summary>Makes and hashes secret tokens: 256 random bits behind a prefix that leak scanners know, of which only the SHA-256 is kept.</summary>
public static class Tokens
{
    /// <summary>Prefix of access tokens.</summary>
    public const string Access = "omni_at_";

    /// <summary>Prefix of refresh tokens.</summary>
    public const string Refresh = "omni_rt_";

    /// <summary>Prefix of personal API tokens.</summary>
    public const string Personal = "omni_pat_";

    /// <summary>Prefix of links for e-mail and passwords.</summary>
    public const string OneTime = "omni_once_";

    /// <summary>Prefix of invitations.</summary>
    public const string Invitation = "omni_inv_";

    /// <summary>A new token.</summary>
    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored of a token.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The token that follows <paramref name="token"/>: the same for the same salt, unknown to anybody without the token.</summary>
    public static string Next(string prefix, string token, byte[] salt) =>
        prefix + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), (byte[])[.. Encoding.UTF8.GetBytes(prefix), .. salt]));

    /// <summary>A new invitation token: it carries the organization's id, so that the invitation can be read inside that organization's walls.</summary>
    public static string NewInvitation(Guid organizationId) =>
        Invitation + Base64Url.EncodeToString([.. organizationId.ToByteArray(bigEndian: true), .. RandomNumberGenerator.GetBytes(32)]);

    /// <summary>Reads the organization out of an invitation token; false when it is not one.</summary>
    public static bool TryReadInvitation(string? token, out Guid organizationId)
    {
        organizationId = default;
        Span<byte> bytes = stackalloc byte[64];
        if (token is not { Length: < 100 } || !token.StartsWith(Invitation, StringComparison.Ordinal)
            || !Base64Url.IsValid(token.AsSpan(Invitation.Length))
            || !Base64Url.TryDecodeFromChars(token.AsSpan(Invitation.Length), bytes, out var length) || length != 48)
        {
            return false;
        }

        organizationId = new Guid(bytes[..16], bigEndian: true);
        return true;
    }
}

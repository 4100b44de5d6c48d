using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Identity;

namespace Omni.Core.Channels;

/// <summary>How a channel's secrets are kept: one JSON object, sealed for the column <c>channels.credentials</c> of its row.</summary>
public static class SealedCredentials
{
    private const string Table = "channels";
    private const string Column = "credentials";

    /// <summary>Seals the secrets of a channel.</summary>
    public static ValueTask<byte[]> SealAsync(
        this ISecrets secrets, Guid organizationId, Guid channelId, IReadOnlyDictionary<string, string> credentials, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        return secrets.SealAsync(organizationId, Table, Column, channelId, JsonSerializer.SerializeToUtf8Bytes(credentials), ct);
    }

    /// <summary>Opens the secrets of a channel.</summary>
    /// <exception cref="CryptographicException">They were sealed for another row or under another master key.</exception>
    public static async ValueTask<IReadOnlyDictionary<string, string>> OpenAsync(
        this ISecrets secrets, Guid organizationId, Guid channelId, ReadOnlyMemory<byte> sealedValue, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var plain = await secrets.OpenAsync(organizationId, Table, Column, channelId, sealedValue, ct);
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(plain) ?? [];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>What may be shown of secrets: <c>{"accessToken":{"set":true,"lastFour":"…"}}</c>. The last four characters only where at least twelve more stay hidden.</summary>
    public static string Hints(IEnumerable<KeyValuePair<string, string>> secrets) => new JsonObject(
        secrets.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, new JsonObject
        {
            ["set"] = true,
            ["lastFour"] = s.Value.Length >= 16 ? s.Value[^4..] : "",
        }))).ToJsonString();

    /// <summary>The app part of a channel's routes: SHA-256 in lower-case hex of its own app secret.</summary>
    public static string HashOf(string appSecret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appSecret)));
}

using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Notifications;

/// <summary>The browsers that take pushes for a person.</summary>
public sealed class PushSubscriptionService(IOmniDbFactory dbs, ISecrets secrets, IPushGateway gateway, TimeProvider clock)
{
    /// <summary>Browsers of one person at most; the one that was used least goes when there is another.</summary>
    public const int Most = 20;

    private const int MaxEndpoint = 2_000;
    private const int KeyLength = 65;
    private const int SecretLength = 16;

    /// <summary>Remembers a browser, for the person who is signed in there now.</summary>
    /// <param name="me">The session of the browser.</param>
    /// <param name="endpoint">Address at the push service.</param>
    /// <param name="publicKey">The browser's key, base64url.</param>
    /// <param name="secret">The browser's secret, base64url.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<Done>> PutAsync(SessionState me, string? endpoint, string? publicKey, string? secret, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(me);
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        if (endpoint is not { Length: > 0 and <= MaxEndpoint } || !Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
        {
            return new Refusal.Invalid("endpoint", $"The address of a push service is expected, at most {MaxEndpoint} characters.");
        }

        if (gateway.Judge(address) is { } refusal)
        {
            return refusal;
        }

        if (!TryDecode(publicKey, KeyLength, out var key) || !IsPoint(key))
        {
            return new Refusal.Invalid("keys.p256dh", "A public key of the curve P-256 is expected: 65 bytes in base64url.");
        }

        if (!TryDecode(secret, SecretLength, out var auth))
        {
            return new Refusal.Invalid("keys.auth", "A secret of 16 bytes in base64url is expected.");
        }

        var id = OmniId.New();
        var subscription = new PushSubscription
        {
            Id = id,
            UserId = me.UserId,
            SessionId = me.SessionId,
            Endpoint = endpoint,
            PublicKey = key,
            AuthSecret = await secrets.SealAsync(Guid.Empty, "push_subscriptions", "auth_secret", id, auth, ct),
            CreatedAt = clock.GetUtcNow(),
        };
        await using var db = await dbs.OpenGlobalAsync(ct);
        await db.Set<PushSubscription>().Where(s => s.Endpoint == endpoint).ExecuteDeleteAsync(ct);
        var old = await db.Set<PushSubscription>().Where(s => s.UserId == me.UserId)
            .OrderByDescending(s => s.LastSentAt ?? s.CreatedAt).Skip(Most - 1).Select(s => s.Id).ToListAsync(ct);
        await db.Set<PushSubscription>().Where(s => old.Contains(s.Id)).ExecuteDeleteAsync(ct);
        db.Set<PushSubscription>().Add(subscription);
        try
        {
            await db.CommitAsync(ct);
        }
        catch (DbUpdateException twice) when (twice.IsDuplicate())
        {
            return default(Done); // two windows of the same browser at once; the other one's row says the same
        }

        return default(Done);
    }

    /// <summary>Forgets a browser of the person; one that is not known changes nothing.</summary>
    public async Task<Result<Done>> RemoveAsync(SessionState me, string? endpoint, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(me);
        if (string.IsNullOrEmpty(endpoint))
        {
            return new Refusal.Invalid("endpoint", "The address of the subscription is expected.");
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        await db.Set<PushSubscription>().Where(s => s.Endpoint == endpoint && s.UserId == me.UserId).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return default(Done);
    }

    private static bool TryDecode(string? text, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        return text is { Length: <= 128 } && Base64Url.IsValid(text, out var decoded) && decoded == length && Base64Url.TryDecodeFromChars(text, bytes, out _);
    }

    // Encrypting for a point that is not on the curve would give away the sender's key; the import checks it.
    private static bool IsPoint(byte[] key)
    {
        if (key[0] != 4)
        {
            return false;
        }

        try
        {
            using var _ = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = key[1..33], Y = key[33..] } });
            return true;
        }
        catch (CryptographicException)
        {
            return false; // the refusal tells what is expected
        }
    }
}

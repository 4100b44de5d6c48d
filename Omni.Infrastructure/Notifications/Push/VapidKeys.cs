using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Omni.Core.Identity;
using Omni.Infrastructure.Identity.Secrets;

namespace Omni.Infrastructure.Notifications.Push;

/// <summary>The key by which push services know this installation (RFC 8292): made once, wrapped by the master key in the database, the same on all nodes. A new one would end every subscription.</summary>
internal sealed class VapidKeys(MasterKeys masters, DataKeyStore store, IPublicAddress address, TimeProvider clock) : IDisposable
{
    private const string Name = "vapid";

    // RFC 8292 allows 24 hours.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly SemaphoreSlim _gate = new(1);
    private ECDsa? _key;

    /// <summary>The public key, base64url.</summary>
    internal async ValueTask<string> PublicKeyAsync(CancellationToken ct) => Base64Url.EncodeToString(PushEncryption.PointOf(await KeyAsync(ct)));

    /// <summary>The Authorization header for a push service.</summary>
    internal async ValueTask<string> AuthorizeAsync(Uri endpoint, CancellationToken ct)
    {
        var key = await KeyAsync(ct);
        var audience = endpoint.GetLeftPart(UriPartial.Authority);
        var root = address.Of("/");
        var head = Base64Url.EncodeToString("""{"typ":"JWT","alg":"ES256"}"""u8);
        var claims = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new
        {
            aud = audience,
            exp = (clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds(),
            // Whom the service may turn to; some refuse a message without a web or mail address.
            sub = root.StartsWith("https://", StringComparison.Ordinal) ? root : "mailto:omni@localhost",
        }));
        var signature = key.SignData(System.Text.Encoding.ASCII.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256);
        return $"vapid t={head}.{claims}.{Base64Url.EncodeToString(signature)}, k={Base64Url.EncodeToString(PushEncryption.PointOf(key))}";
    }

    public void Dispose()
    {
        _gate.Dispose();
        _key?.Dispose();
    }

    private async ValueTask<ECDsa> KeyAsync(CancellationToken ct)
    {
        if (_key is not null)
        {
            return _key;
        }

        await _gate.WaitAsync(ct);
        try
        {
            return _key ??= await LoadAsync(ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<ECDsa> LoadAsync(CancellationToken ct)
    {
        var place = DataKeyStore.PlaceOf(Name);
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wrapped = await store.GetOrAddAsync(Name, masters.Current.Wrap(made.ExportPkcs8PrivateKey(), place), ct)
            ?? throw new InvalidOperationException("The key for pushes could not be stored.");
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(masters.Find(MasterKey.IdOf(wrapped)).Unwrap(wrapped, place), out _);
        return key;
    }
}

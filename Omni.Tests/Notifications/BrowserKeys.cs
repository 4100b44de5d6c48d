using System.Security.Cryptography;
using System.Text;

namespace Omni.Tests.Notifications;

/// <summary>The keys of a browser that takes pushes, and its side of RFC 8291: written from the standard, apart from the sender's code.</summary>
internal sealed class BrowserKeys : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    internal byte[] Secret { get; } = RandomNumberGenerator.GetBytes(16);

    internal byte[] PublicKey
    {
        get
        {
            var q = _key.ExportParameters(false).Q;
            return [0x04, .. q.X!, .. q.Y!];
        }
    }

    internal byte[] Decrypt(byte[] body)
    {
        var (salt, keyLength) = (body[..16], body[20]);
        var sender = body[21..(21 + keyLength)];
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = sender[1..33], Y = sender[33..65] } });
        var extracted = HMACSHA256.HashData(Secret, _key.DeriveRawSecretAgreement(theirs.PublicKey));
        var material = HMACSHA256.HashData(extracted, (byte[])[.. Encoding.ASCII.GetBytes("WebPush: info\0"), .. PublicKey, .. sender, 1]);
        var pseudo = HMACSHA256.HashData(salt, material);
        var key = HMACSHA256.HashData(pseudo, (byte[])[.. Encoding.ASCII.GetBytes("Content-Encoding: aes128gcm\0"), 1])[..16];
        var nonce = HMACSHA256.HashData(pseudo, (byte[])[.. Encoding.ASCII.GetBytes("Content-Encoding: nonce\0"), 1])[..12];
        var record = body[(21 + keyLength)..];
        var plain = new byte[record.Length - 16];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(nonce, record[..^16], record[^16..], plain);
        var end = Array.FindLastIndex(plain, b => b != 0);
        Assert.Equal(2, plain[end]);
        return plain[..end];
    }

    public void Dispose() => _key.Dispose();
}

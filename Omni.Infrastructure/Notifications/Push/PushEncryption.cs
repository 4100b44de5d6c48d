using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Omni.Infrastructure.Notifications.Push;

/// <summary>Encrypts a message for one browser (RFC 8291 with the content coding aes128gcm of RFC 8188): the push service in between cannot read it.</summary>
internal static class PushEncryption
{
    /// <summary>Longest text: what every push service takes (4096 bytes with head, key and tag), RFC 8291 section 4.</summary>
    internal const int MaxText = 3993;

    private const int SaltLength = 16, PointLength = 65, TagLength = 16, RecordSize = 4096;

    /// <summary>Encrypts with a key and salt of its own.</summary>
    internal static byte[] Encrypt(ReadOnlySpan<byte> text, byte[] browserKey, byte[] browserSecret)
    {
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(text, browserKey, browserSecret, sender, RandomNumberGenerator.GetBytes(SaltLength));
    }

    /// <summary>Encrypts with a given key and salt, which must never be used twice.</summary>
    internal static byte[] Encrypt(ReadOnlySpan<byte> text, byte[] browserKey, byte[] browserSecret, ECDiffieHellman sender, byte[] salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxText);
        var senderKey = PointOf(sender);
        using var browser = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = browserKey[1..33], Y = browserKey[33..] } });
        var shared = sender.DeriveRawSecretAgreement(browser.PublicKey);
        var secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, browserSecret, [.. "WebPush: info\0"u8, .. browserKey, .. senderKey]);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());

        const int head = SaltLength + 4 + 1 + PointLength;
        var message = new byte[head + text.Length + 1 + TagLength];
        salt.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(SaltLength), RecordSize);
        message[SaltLength + 4] = PointLength;
        senderKey.CopyTo(message, SaltLength + 5);
        byte[] record = [.. text, 2]; // 2: the last record
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, record, message.AsSpan(head, record.Length), message.AsSpan(head + record.Length));
        return message;
    }

    /// <summary>The public key as an uncompressed point.</summary>
    internal static byte[] PointOf(ECAlgorithm key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. q.X!, .. q.Y!];
    }
}

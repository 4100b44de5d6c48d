using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Omni.Core.Identity;

namespace Omni.Infrastructure.Identity.Secrets;

/// <summary>AES-256-GCM under a data key per organization. Layout of a sealed value: version of the data key (1), nonce (12), tag (16), text.</summary>
internal sealed class EnvelopeSecrets(MasterKeys masters, DataKeyStore store) : ISecrets
{
    private const byte KeyVersion = 1;
    private const int NonceLength = 12, TagLength = 16, Head = 1 + NonceLength + TagLength;

    private readonly ConcurrentDictionary<Guid, byte[]> _keys = new();

    public async ValueTask<byte[]> SealAsync(Guid organizationId, string table, string column, Guid rowId, ReadOnlyMemory<byte> plain, CancellationToken ct)
    {
        var key = await KeyAsync(organizationId, ct);
        var blob = new byte[Head + plain.Length];
        blob[0] = KeyVersion;
        var nonce = blob.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain.Span, blob.AsSpan(Head), blob.AsSpan(1 + NonceLength, TagLength), Place(organizationId, table, column, rowId));
        return blob;
    }

    public async ValueTask<byte[]> OpenAsync(Guid organizationId, string table, string column, Guid rowId, ReadOnlyMemory<byte> sealedValue, CancellationToken ct)
    {
        if (sealedValue.Length < Head || sealedValue.Span[0] != KeyVersion)
        {
            throw new CryptographicException("This is no sealed value.");
        }

        var key = await KeyAsync(organizationId, ct);
        var blob = sealedValue.Span;
        var plain = new byte[blob.Length - Head];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(blob.Slice(1, NonceLength), blob[Head..], blob.Slice(1 + NonceLength, TagLength), plain, Place(organizationId, table, column, rowId));
        return plain;
    }

    public byte[] Derive(string purpose) => masters.Current.Derive(purpose, "omni installation"u8.ToArray());

    private async ValueTask<byte[]> KeyAsync(Guid organizationId, CancellationToken ct)
    {
        if (_keys.TryGetValue(organizationId, out var known))
        {
            return known;
        }

        var place = DataKeyStore.PlaceOf(DataKeyStore.NameOf(organizationId));
        var made = masters.Current.Wrap(RandomNumberGenerator.GetBytes(32), place);
        var wrapped = await store.GetOrAddAsync(organizationId, made, ct)
            ?? throw new InvalidOperationException($"The organization {organizationId} does not exist, so it has no key.");
        return _keys.GetOrAdd(organizationId, masters.Find(MasterKey.IdOf(wrapped)).Unwrap(wrapped, place));
    }

    private static byte[] Place(Guid organizationId, string table, string column, Guid rowId) =>
        Encoding.UTF8.GetBytes($"{organizationId}|{table}|{column}|{rowId}|{KeyVersion}");
}

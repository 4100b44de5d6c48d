using System.Security.Cryptography;
using System.Text;
using Omni.Core.Identity;

namespace Omni.Tests.Channels.Connections;

/// <summary>Seals under one key and, like the real one, opens only in the same place.</summary>
internal sealed class FakeSecrets : ISecrets
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public ValueTask<byte[]> SealAsync(Guid organizationId, string table, string column, Guid rowId, ReadOnlyMemory<byte> plain, CancellationToken ct)
    {
        var result = new byte[28 + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, 12));
        using var aes = new AesGcm(_key, 16);
        aes.Encrypt(result.AsSpan(0, 12), plain.Span, result.AsSpan(28), result.AsSpan(12, 16), Place(organizationId, table, column, rowId));
        return new(result);
    }

    public ValueTask<byte[]> OpenAsync(Guid organizationId, string table, string column, Guid rowId, ReadOnlyMemory<byte> sealedValue, CancellationToken ct)
    {
        var plain = new byte[sealedValue.Length - 28];
        using var aes = new AesGcm(_key, 16);
        var value = sealedValue.Span;
        aes.Decrypt(value[..12], value[28..], value[12..28], plain, Place(organizationId, table, column, rowId));
        return new(plain);
    }

    public byte[] Derive(string purpose) => SHA256.HashData(Encoding.UTF8.GetBytes(purpose));

    private static byte[] Place(Guid organizationId, string table, string column, Guid rowId) => Encoding.UTF8.GetBytes($"{organizationId}|{table}|{column}|{rowId}");
}

namespace Omni.Core.Identity;

/// <summary>Seals what must not be readable in the database: each organization has a data key of its own, wrapped by the installation's master key. A sealed value opens only in the place it was sealed for.</summary>
public interface ISecrets
{
    /// <summary>Seals a value for one column of one row.</summary>
    /// <param name="organizationId">Whose key; <see cref="Guid.Empty"/> for the installation's own.</param>
    /// <param name="table">Table that will hold it.</param>
    /// <param name="column">Column that will hold it.</param>
    /// <param name="rowId">Row that will hold it.</param>
    /// <param name="plain">What to seal.</param>
    /// <param name="ct">Stops waiting.</param>
    ValueTask<byte[]> SealAsync(Guid organizationId, string table, string column, Guid rowId, ReadOnlyMemory<byte> plain, CancellationToken ct);

    /// <summary>Opens a value that was sealed for the same place.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was sealed for another place, changed, or its master key is not configured any more.</exception>
    ValueTask<byte[]> OpenAsync(Guid organizationId, string table, string column, Guid rowId, ReadOnlyMemory<byte> sealedValue, CancellationToken ct);

    /// <summary>A key that every node of this installation derives alike and that is stored nowhere.</summary>
    /// <param name="purpose">What it is for; other purposes give other keys.</param>
    byte[] Derive(string purpose);
}

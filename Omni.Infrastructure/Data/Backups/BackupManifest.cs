using System.Text.Json;

namespace Omni.Infrastructure.Data.Backups;

/// <summary>The first entry of a backup.</summary>
/// <param name="Format">Version of this layout.</param>
/// <param name="CreatedAt">When the backup began, UTC.</param>
/// <param name="Product">Version of the Omni that wrote it.</param>
/// <param name="PostgresMajor">Major version of the database inside; null when it holds files and keys only.</param>
internal sealed record BackupManifest(int Format, DateTimeOffset CreatedAt, string Product, int? PostgresMajor)
{
    /// <summary>The layout that this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Name of the manifest's entry.</summary>
    public const string EntryName = "omni-backup.json";

    /// <summary>Name of the last entry: a file that was cut off lacks it.</summary>
    public const string EndName = "omni-backup.end";

    /// <summary>The entry's content.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads the entry's content.</summary>
    /// <exception cref="JsonException">It is no manifest.</exception>
    public static BackupManifest? Read(Stream content) => JsonSerializer.Deserialize<BackupManifest>(content);
}

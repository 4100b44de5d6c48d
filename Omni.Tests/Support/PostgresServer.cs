using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Omni.Infrastructure.Data.Embedded;

namespace Omni.Tests.Support;

/// <summary>
/// A private PostgreSQL server for tests, with the production's roles: Debian's programs by default, or those in the folder that
/// OMNI_TEST_POSTGRES_BIN names. A watchdog removes server and folder however the test run ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Superuser = "omni_superuser";

    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(() => StartAsync());

    private readonly string _root;
    private readonly bool _isDurable;
    private readonly ServerBinaries _binaries;
    private readonly ServerAccount _account;
    private Process? _watchdog;

    private PostgresServer(string root, bool isDurable, ServerBinaries binaries, ServerAccount account)
    {
        (_root, _isDurable, _binaries, _account) = (root, isDurable, binaries, account);
        Port = FreePort();
    }

    /// <summary>The server that all tests of the run share.</summary>
    public static Task<PostgresServer> Shared => SharedServer.Value;

    /// <summary>The port on 127.0.0.1; a restarted server keeps it.</summary>
    public int Port { get; }

    /// <summary>Process id of the postmaster.</summary>
    public int Pid { get; private set; }

    /// <summary>Major version of the server.</summary>
    public int Major => _binaries.Major;

    private string Cluster => Path.Combine(_root, "cluster");

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="isDurable">Whether a commit survives a killed server, as in production; costs time.</param>
    /// <param name="withRoles">Whether Omni's roles are there already.</param>
    public static async Task<PostgresServer> StartAsync(bool isDurable = false, bool withRoles = true)
    {
        var ct = CancellationToken.None;
        var folder = new DataFolder(Directory.CreateTempSubdirectory("omni-test-postgres-").FullName);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Root, File.GetUnixFileMode(folder.Root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        var binaries = await ServerBinaries.FindAsync(Environment.GetEnvironmentVariable("OMNI_TEST_POSTGRES_BIN") ?? DebianFolder(), null, ct);
        var server = new PostgresServer(folder.Root, isDurable, binaries, await ServerAccount.ChooseAsync(folder, binaries, TextWriter.Null, ct));
        Directory.CreateDirectory(server.Cluster);
        await server._account.OwnAsync(server.Cluster, ct);
        await server.RunAsync("initdb", ["-D", server.Cluster, "-U", Superuser, "-A", "trust", "--no-sync", "-E", "UTF8", .. ServerSettings.Locale(binaries.Major)]);
        await server.RestartAsync();
        if (withRoles)
        {
            await server.AdministerAsync("create role omni login createrole", "create role omni_app", "create role omni_worker", "grant omni_app, omni_worker to omni with admin option");
        }

        return server;
    }

    /// <summary>Connects as the login role, which is not a superuser.</summary>
    public string ConnectionString(string database) => Build(database, "omni");

    /// <summary>Runs statements as the superuser, who can do what a test must not do otherwise: make databases, look behind the walls.</summary>
    public async Task AdministerAsync(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(Build("postgres", Superuser));
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Makes a folder that the server may use as a tablespace.</summary>
    /// <param name="parent">Where; the caller removes it.</param>
    public async Task<string> FolderAsync(string parent)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, "tablespace")).FullName;
        await _account.OwnAsync(folder, CancellationToken.None);
        return folder;
    }

    /// <summary>Ends the postmaster and all its children at once, as a power failure would.</summary>
    public async Task KillAsync()
    {
        await EndWatchdogAsync(removeServer: false);
        var children = (await ChildProcess.RunAsync("/bin/ps", ["-o", "pid=", "--ppid", $"{Pid}"], CancellationToken.None)).Output;
        Signals.Kill(Pid);
        foreach (var child in children.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Signals.Kill(int.Parse(child));
        }

        await Eventually.HoldsAsync(() => !Signals.IsAlive(Pid), "the killed server ends");
    }

    /// <summary>Starts the server again on its port, after <see cref="KillAsync"/>.</summary>
    public async Task RestartAsync()
    {
        string[] settings =
        [
            $"port={Port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "timezone=UTC",
            .. _isDurable ? [] : new[] { "fsync=off", "synchronous_commit=off", "full_page_writes=off" },
        ];
        await RunAsync("pg_ctl", "start", "-D", Cluster, "-w", "-s", "-t", "60", "-l", Path.Combine(Cluster, "start.log"), "-o", string.Join(' ', settings.Select(s => $"-c {s}")));
        Pid = int.Parse(File.ReadLines(Path.Combine(Cluster, "postmaster.pid")).First());
        _watchdog = StartWatchdog();
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public async ValueTask DisposeAsync() => await EndWatchdogAsync(removeServer: true);

    private static string? DebianFolder() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(f => Path.Combine(f, "bin")).Where(f => File.Exists(Path.Combine(f, "initdb"))).Order().LastOrDefault()
        : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Build(string database, string role) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = role,
        MaxPoolSize = 30,
        Pooling = role != Superuser,
        ConnectionIdleLifetime = 10,
        ConnectionPruningInterval = 5,
        IncludeErrorDetail = true,
    }.ConnectionString;

    private async Task RunAsync(string program, params string[] arguments)
    {
        var answer = await _account.RunAsync(_binaries.Program(program), arguments, CancellationToken.None);
        if (answer.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed: {answer.Output}");
        }
    }

    // The watchdog waits on a pipe that closes when the test host ends, also when it is killed.
    private Process StartWatchdog()
    {
        const string script = "read line; [ \"$line\" = keep ] && exit; kill -QUIT $1; while grep -q . /proc/$1/cmdline 2>/dev/null; do sleep 0.05; done; rm -rf \"$2\"";
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", script, "watchdog", $"{Pid}", _root])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private async Task EndWatchdogAsync(bool removeServer)
    {
        if (_watchdog is { } watchdog)
        {
            _watchdog = null;
            await watchdog.StandardInput.WriteLineAsync(removeServer ? "end" : "keep");
            watchdog.StandardInput.Close();
            await watchdog.WaitForExitAsync();
            watchdog.Dispose();
        }
    }
}

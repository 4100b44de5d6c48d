using System.Text;
using System.Text.Json;
using Npgsql;
using Omni.Bench.Anchors;
using Omni.Bench.Load;
using Omni.Bench.Rig;

namespace Omni.Bench.Modes;

/// <summary>What every measurement of webhooks needs: the database, the anchor and Omni, measured in turn on one machine.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private const string Secret = "bench-anchor-secret";

    private readonly string _anchorDatabase;

    private Bench(BenchOptions options, BenchDatabase database, string anchorDatabase, ServerProcess anchor, Installation omni) =>
        (Options, Database, _anchorDatabase, Anchor, Omni) = (options, database, anchorDatabase, anchor, omni);

    /// <summary>The command line.</summary>
    internal BenchOptions Options { get; }

    /// <summary>The server that both use.</summary>
    internal BenchDatabase Database { get; }

    /// <summary>The yardstick.</summary>
    internal ServerProcess Anchor { get; }

    /// <summary>What is measured.</summary>
    internal Installation Omni { get; }

    /// <summary>Rounds to measure.</summary>
    internal int Rounds => Options.Number("rounds", 3);

    /// <summary>Words of a message.</summary>
    internal int Words => Options.Number("words", WebhookLoad.ChatWords);

    private TimeSpan Length => TimeSpan.FromSeconds(Options.Number("seconds", 8));

    /// <summary>Starts everything.</summary>
    internal static async Task<Bench> StartAsync(BenchOptions options, CancellationToken ct)
    {
        var database = await BenchDatabase.StartAsync(options.Number("profile", 0) == 1, ct, options.Text("keep", ""));
        var anchorDatabase = await database.CreateAsync(BenchDatabase.Anchor, ct);
        await BenchDatabase.ExecuteAsync(anchorDatabase, AnchorSchema.Sql, ct);
        var anchor = await ServerProcess.StartAsync(
            typeof(Bench).Assembly.Location, [AnchorServer.Mode, "--port", "{port}", "--database", anchorDatabase, "--secret", Secret], "/", 0, ct);
        var omni = await Installation.StartAsync(ProgramFile(options), await database.CreateAsync(BenchDatabase.Product, ct), options.Number("tenants", 8), ct);
        return new Bench(options, database, anchorDatabase, anchor, omni);
    }

    /// <summary>Omni.Web.dll of the same build as this tool, unless another is named.</summary>
    internal static string ProgramFile(BenchOptions options)
    {
        var file = options.Text("program", "");
        if (file.Length == 0)
        {
            // tools/Omni.Bench/bin/<configuration>/<framework>/
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            var root = own.Parent!.Parent!.Parent!.Parent!.Parent!;
            file = Path.Combine(root.FullName, "Omni.Web", "bin", own.Parent.Name, own.Name, "Omni.Web.dll");
        }

        return File.Exists(file) ? file : throw new FileNotFoundException($"{file} is missing: dotnet build -c Release Omni.sln");
    }

    /// <summary>Loads a path of the anchor.</summary>
    internal Task<Measured> AnchorAsync(string path, CancellationToken ct) => MeasureAsync(
        [.. Omni.Targets.Select(t => t with { Port = Anchor.Port, Path = path, Secret = Encoding.UTF8.GetBytes(Secret) })], Anchor, load => load.RunAsync(Length, null, ct));

    /// <summary>Loads Omni.</summary>
    internal Task<Measured> OmniAsync(CancellationToken ct) => MeasureAsync(Omni.Targets, Omni.Program, load => load.RunAsync(Length, null, ct));

    /// <summary>Loads Omni until its code is compiled as it stays: what is measured is a program that has run for a while.</summary>
    internal Task WarmAsync(CancellationToken ct) =>
        MeasureAsync(Omni.Targets, Omni.Program, load => load.RunAsync(TimeSpan.FromSeconds(Options.Number("warm", 20)), null, ct));

    /// <summary>Loads some of Omni's accounts at a rate.</summary>
    internal Task<LoadReport> OmniAtAsync(IReadOnlyList<LoadTarget> targets, double rate, CancellationToken ct) =>
        new WebhookLoad(targets, 16, Options.Number("contacts", 1000), Words, rate).RunAsync(Length, null, ct);

    /// <summary>Loads Omni, then waits until every acknowledged message is in the inbox.</summary>
    internal async Task<(Measured Load, double AppliedPerSecond, long Missing, long Doubled)> OmniAppliedAsync(CancellationToken ct)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        WebhookLoad? used = null;
        var drained = TimeSpan.Zero;
        var measured = await MeasureAsync(Omni.Targets, Omni.Program, async load =>
        {
            used = load;
            var report = await load.RunAsync(Length, null, ct);
            await DrainedAsync(ct);
            drained = clock.Elapsed;
            return report;
        });
        var stored = await Omni.CountAsync($"select count(*) from messages where external_id like '{used!.Prefix}%'", ct);
        var distinct = await Omni.CountAsync($"select count(distinct external_id) from messages where external_id like '{used.Prefix}%'", ct);
        return (measured, Math.Round(stored / drained.TotalSeconds, 1), Math.Max(0, measured.Report.Acknowledged - distinct), stored - distinct);
    }

    /// <summary>Waits until nothing waits.</summary>
    internal async Task DrainedAsync(CancellationToken ct)
    {
        while (await Omni.CountAsync("select count(*) from (select 1 from inbound_queue where state = 'pending' limit 1) x", ct) > 0)
        {
            await Task.Delay(5, ct);
        }
    }

    /// <summary>Removes the rows of earlier rounds from the anchor, so that none of the sides grows alone.</summary>
    internal Task ForgetAsync(CancellationToken ct) => BenchDatabase.ExecuteAsync(_anchorDatabase, "truncate delivery, event, contact, conversation, message", ct);

    /// <summary>Writes where the database's time went in Omni's last run, when that is asked for.</summary>
    internal async Task TellProfileAsync(Measured run, CancellationToken ct)
    {
        foreach (var line in await Database.ProfileAsync(BenchDatabase.Product, Math.Max(1, run.Report.Acknowledged), ct))
        {
            Tell(line);
        }
    }

    /// <summary>Writes what one round saw.</summary>
    internal static void Tell(object line) => Console.Error.WriteLine(JsonSerializer.Serialize(line, BenchJson.Options));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Omni.DisposeAsync();
        await Anchor.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await Database.DisposeAsync();
    }

    private async Task<Measured> MeasureAsync(IReadOnlyList<LoadTarget> targets, ServerProcess server, Func<WebhookLoad, Task<LoadReport>> run)
    {
        var load = new WebhookLoad(targets, Options.Number("connections", 64), Options.Number("contacts", 1000), Words);
        await Database.CheckpointAsync(CancellationToken.None);
        var (program, database) = (server.CpuMicros, Database.CpuMicros);
        var report = await run(load);
        var each = Math.Max(1, report.Acknowledged);
        return new Measured(report, Math.Round((server.CpuMicros - program) / each, 1), Math.Round((Database.CpuMicros - database) / each, 1));
    }
}

using Npgsql;
using Omni.Bench.Circuits;
using Omni.Bench.Floor;
using Omni.Bench.Load;
using Omni.Bench.Rig;

namespace Omni.Bench.Modes;

/// <summary>What measurements of pages need: Omni with one organization whose inbox fills a page, and the server of bare pages.</summary>
internal sealed class PageBench : IAsyncDisposable
{
    private const int PerSecond = 10;

    private readonly BenchDatabase _database;
    private readonly MarkedLoad _omniLoad;
    private readonly MarkedLoad _floorLoad;

    private PageBench(BenchOptions options, BenchDatabase database, Installation omni, ServerProcess floor, string cookie)
    {
        (Options, _database, Omni, Floor, Cookie) = (options, database, omni, floor, cookie);
        (_omniLoad, _floorLoad) = (new MarkedLoad(omni.Program.Port, PerSecond), new MarkedLoad(floor.Port, PerSecond));
    }

    /// <summary>The command line.</summary>
    internal BenchOptions Options { get; }

    /// <summary>What is measured.</summary>
    internal Installation Omni { get; }

    /// <summary>The yardstick.</summary>
    internal ServerProcess Floor { get; }

    /// <summary>A browser's session in Omni.</summary>
    internal string Cookie { get; }

    /// <summary>Messages and posts that were not accepted.</summary>
    internal long Refused => _omniLoad.Errors + _floorLoad.Errors;

    private LoadTarget Target => Omni.Targets[0];

    /// <summary>Starts everything.</summary>
    internal static async Task<PageBench> StartAsync(BenchOptions options, CancellationToken ct)
    {
        var database = await BenchDatabase.StartAsync(isProfiled: false, ct);
        var omni = await Installation.StartAsync(Bench.ProgramFile(options), await database.CreateAsync(BenchDatabase.Product, ct), 1, ct);
        var floor = await ServerProcess.StartAsync(typeof(PageBench).Assembly.Location, [FloorServer.Mode, "--port", "{port}"], "/ready", 0, ct);
        var bench = new PageBench(options, database, omni, floor, await omni.SignInAsync(0, ct));
        await bench.OmniRowsAsync(50, ct); // a page of conversations
        return bench;
    }

    /// <summary>An address of Omni.</summary>
    internal Uri OmniPage(string path) => new($"http://127.0.0.1:{Omni.Program.Port}{path}");

    /// <summary>An address of the bare pages.</summary>
    internal Uri FloorPage(string path) => new($"http://127.0.0.1:{Floor.Port}{path}");

    /// <summary>Messages of fifty people in turn: each moves a row of every list to its top.</summary>
    internal Task<Sent> OmniRowsAsync(int count, CancellationToken ct) => MeasureAsync(Omni.Program, async () =>
    {
        var marks = await _omniLoad.WebhooksAsync(Target, count, ct);
        await AppliedAsync(marks, ct);
        return marks;
    });

    /// <summary>Messages of one person.</summary>
    internal Task<Sent> OmniMessagesAsync(int person, int count, CancellationToken ct) => MeasureAsync(Omni.Program, async () =>
    {
        var marks = await _omniLoad.FromOneAsync(Target, person, count, ct);
        await AppliedAsync(marks, ct);
        return marks;
    });

    /// <summary>The same on the bare page: rows that move to the top, or messages.</summary>
    internal Task<Sent> FloorAsync(bool isRow, int count, CancellationToken ct) =>
        MeasureAsync(Floor, () => _floorLoad.PostsAsync(isRow ? "/row" : "/message", count, ct));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _omniLoad.Dispose();
        _floorLoad.Dispose();
        await Omni.DisposeAsync();
        await Floor.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await _database.DisposeAsync();
    }

    private async Task AppliedAsync(IReadOnlyList<long> marks, CancellationToken ct)
    {
        while (await Omni.CountAsync($"select count(*) from messages where text like '%@@T{marks[^1]}@@%'", ct) == 0)
        {
            await Task.Delay(10, ct);
        }
    }

    private async Task<Sent> MeasureAsync(ServerProcess server, Func<Task<IReadOnlyList<long>>> send)
    {
        var (program, database, own) = (server.CpuMicros, _database.CpuMicros, Environment.CpuUsage.TotalTime);
        var marks = await send();
        return new Sent(marks, () => new Costs(
            Math.Round((server.CpuMicros - program) / marks.Count, 1),
            Math.Round((_database.CpuMicros - database) / marks.Count, 1),
            Math.Round((Environment.CpuUsage.TotalTime - own).TotalMicroseconds / marks.Count, 1)));
    }
}

/// <summary>Messages that were sent.</summary>
/// <param name="Marks">Their marks in order.</param>
/// <param name="Costs">What they have cost from then until now.</param>
internal sealed record Sent(IReadOnlyList<long> Marks, Func<Costs> Costs);

/// <summary>µs of CPU per message.</summary>
/// <param name="Program">Of the server, pages included.</param>
/// <param name="Database">Of PostgreSQL.</param>
/// <param name="Generator">Of the generator and all circuits it plays.</param>
internal sealed record Costs(double Program, double Database, double Generator);

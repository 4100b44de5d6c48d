using Npgsql;
using Omni.Bench.Circuits;

namespace Omni.Bench.Modes;

/// <summary>From the webhook to every open page, at ten messages per second.</summary>
internal static class RealtimeMode
{
    private const string Page = "/inbox/all";
    private const int MostStreams = 100;
    private const int StreamsOfASession = 20;

    /// <summary>Measures a browser, groups of circuits beside the same number on a page of plain markup, and event streams.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        await using var bench = await PageBench.StartAsync(options, ct);
        var count = options.Number("seconds", 8) * 10;
        await OmniAsync(bench, 20, count, ct); // both are warm from here on
        await FloorAsync(bench, 20, count, ct);
        var sizes = new[] { 100, 1000 }.Select(n => Math.Min(n, options.Number("circuits", 1000))).Distinct().ToArray();
        var (browser, streams, groups) = (new List<Seen>(), new List<Seen>(), sizes.ToDictionary(n => n, _ => new List<(Seen Floor, Seen Omni)>()));
        for (var round = 0; round < options.Number("rounds", 3); round++)
        {
            browser.Add(await BrowserAsync(bench, count, ct));
            streams.Add(await StreamsAsync(bench, count, ct));
            Bench.Tell(new { round = round + 1, browser = browser[^1], streams = streams[^1] });
            foreach (var size in sizes)
            {
                groups[size].Add((await FloorAsync(bench, size, count, ct), await OmniAsync(bench, size, count, ct)));
                Bench.Tell(new { round = round + 1, circuits = size, floor = groups[size][^1].Floor, omni = groups[size][^1].Omni });
            }
        }

        var result = new Dictionary<string, object> { ["mode"] = "realtime", ["rounds"] = browser.Count, ["perSecond"] = 10 };
        Add(result, "browser", browser);
        Add(result, "streams", streams);
        foreach (var (size, rounds) in groups)
        {
            Add(result, $"floor{size}", rounds.Select(r => r.Floor));
            Add(result, $"omni{size}", rounds.Select(r => r.Omni));
            result[$"p50Ratio{size}"] = Spread.Of(rounds.Select(r => r.Omni.Delays.P50 / r.Floor.Delays.P50));
            result[$"lastRatio{size}"] = Spread.Of(rounds.Select(r => r.Omni.Delays.LastP50 / r.Floor.Delays.LastP50));
        }

        Seen[] all = [.. browser, .. streams, .. groups.Values.SelectMany(g => g.SelectMany(r => new[] { r.Floor, r.Omni }))];
        result["missing"] = all.Sum(s => s.Delays.Missing);
        result["errors"] = all.Sum(s => s.Errors) + bench.Refused;
        return result;
    }

    private static void Add(Dictionary<string, object> result, string name, IEnumerable<Seen> rounds)
    {
        var all = rounds.ToList();
        result[$"{name}P50"] = Spread.Of(all.Select(s => s.Delays.P50));
        result[$"{name}P99"] = Spread.Of(all.Select(s => s.Delays.P99));
        result[$"{name}LastP50"] = Spread.Of(all.Select(s => s.Delays.LastP50));
        result[$"{name}LastMax"] = Spread.Of(all.Select(s => s.Delays.LastMax));
        result[$"{name}Micros"] = Spread.Of(all.Select(s => s.Costs.Program));
        result[$"{name}DatabaseMicros"] = Spread.Of(all.Select(s => s.Costs.Database));
        result[$"{name}GeneratorMicros"] = Spread.Of(all.Select(s => s.Costs.Generator));
    }

    private static async Task<Seen> OmniAsync(PageBench bench, int size, int count, CancellationToken ct)
    {
        await using var group = await CircuitGroup.OpenAsync(bench.OmniPage(Page), bench.Cookie, size, ct);
        return await GroupAsync(group, () => bench.OmniRowsAsync(count, ct), ct);
    }

    private static async Task<Seen> FloorAsync(PageBench bench, int size, int count, CancellationToken ct)
    {
        await using var group = await CircuitGroup.OpenAsync(bench.FloorPage("/plain"), "", size, ct);
        return await GroupAsync(group, () => bench.FloorAsync(isRow: true, count, ct), ct);
    }

    private static async Task<Seen> GroupAsync(CircuitGroup group, Func<Task<Sent>> send, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), ct); // pages that have just opened come to rest
        group.Forget();
        var sent = await send();
        await group.DrewAsync(sent.Marks, ct);
        return new Seen(group.Delays(sent.Marks), sent.Costs(), group.Errors, group.FirstError);
    }

    private static async Task<Seen> BrowserAsync(PageBench bench, int count, CancellationToken ct)
    {
        await using var browser = await BrowserPage.OpenAsync(bench.OmniPage(Page), bench.Cookie);
        var sent = await bench.OmniRowsAsync(count, ct);
        await browser.DrewAsync(sent.Marks);
        return new Seen(await browser.DelaysAsync(sent.Marks), sent.Costs(), 0, null);
    }

    private static async Task<Seen> StreamsAsync(PageBench bench, int count, CancellationToken ct)
    {
        await using var streams = new EventStreams();
        while (streams.Count < Math.Min(MostStreams, bench.Options.Number("circuits", MostStreams)))
        {
            await streams.OpenAsync(bench.OmniPage("/api/v1/events"), await bench.Omni.TokenAsync(0, ct), StreamsOfASession, ct);
        }

        streams.Forget();
        var sent = await bench.OmniRowsAsync(count, ct);
        await streams.HeardAsync(count, ct);
        return new Seen(streams.Delays(await MarksAsync(bench, sent.Marks, ct)), sent.Costs(), streams.Errors, null);
    }

    /// <summary>The messages that carry the marks.</summary>
    private static async Task<Dictionary<Guid, long>> MarksAsync(PageBench bench, IReadOnlyList<long> marks, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(bench.Omni.ConnectionString);
        await using var command = source.CreateCommand("select id, substring(text from '@@T([0-9]+)@@')::bigint from messages where substring(text from '@@T([0-9]+)@@')::bigint >= $1");
        command.Parameters.Add(new NpgsqlParameter { Value = marks[0] });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(ct))
        {
            found[reader.GetGuid(0)] = reader.GetInt64(1);
        }

        return found;
    }

    /// <summary>What a group saw, and what it cost.</summary>
    private sealed record Seen(Delays Delays, Costs Costs, int Errors, string? FirstError);
}

using System.Globalization;
using Npgsql;
using Omni.Bench.Circuits;
using Omni.Bench.Rig;

namespace Omni.Bench.Modes;

/// <summary>What the circuit of an inbox page costs, with fifty rows and an open conversation of fifty messages.</summary>
internal static class CircuitsMode
{
    private const int Open = 7; // the person whose conversation is open

    /// <summary>Measures an empty page, a page of plain markup and the inbox, in turn.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        await using var bench = await PageBench.StartAsync(options, ct);
        await bench.OmniMessagesAsync(Open, 50, ct);
        var conversation = await ConversationAsync(bench, ct);
        var (size, updates, rounds) = (options.Number("circuits", 300), options.Number("updates", 30), new List<(Cost Empty, Cost Plain, Cost Inbox)>());
        for (var round = options.Number("warm", 20) > 1 ? -1 : 0; round < options.Number("rounds", 3); round++)
        {
            var few = round < 0 ? Math.Min(30, size) : size; // the first round is to warm up
            var empty = await MeasureAsync(bench.Floor, bench.FloorPage("/empty"), "", few, updates, n => bench.FloorAsync(isRow: true, n, ct), n => bench.FloorAsync(isRow: false, n, ct), ct);
            var plain = await MeasureAsync(bench.Floor, bench.FloorPage("/plain"), "", few, updates, n => bench.FloorAsync(isRow: true, n, ct), n => bench.FloorAsync(isRow: false, n, ct), ct);
            var inbox = await MeasureAsync(
                bench.Omni.Program, bench.OmniPage(options.Text("page", $"/inbox/all/{conversation}")), bench.Cookie, few, updates, n => bench.OmniRowsAsync(n, ct), n => bench.OmniMessagesAsync(Open, n, ct), ct);
            Bench.Tell(new { round = round + 1, circuits = few, empty, plain, inbox });
            if (round >= 0)
            {
                rounds.Add((empty, plain, inbox));
            }
        }

        var result = new Dictionary<string, object> { ["mode"] = "circuits", ["rounds"] = rounds.Count, ["circuits"] = size };
        Add(result, "empty", rounds.Select(r => r.Empty));
        Add(result, "plain", rounds.Select(r => r.Plain));
        Add(result, "inbox", rounds.Select(r => r.Inbox));
        result["heapRatio"] = Spread.Of(rounds.Select(r => r.Inbox.HeapKilobytes / r.Plain.HeapKilobytes));
        result["memoryRatio"] = Spread.Of(rounds.Select(r => r.Inbox.Kilobytes / r.Plain.Kilobytes));
        result["rowRatio"] = Spread.Of(rounds.Select(r => r.Inbox.RowMicros / r.Plain.RowMicros));
        result["messageRatio"] = Spread.Of(rounds.Select(r => r.Inbox.MessageMicros / r.Plain.MessageMicros));
        result["missing"] = rounds.Sum(r => r.Empty.Missing + r.Plain.Missing + r.Inbox.Missing);
        result["errors"] = rounds.Sum(r => r.Empty.Errors + r.Plain.Errors + r.Inbox.Errors) + bench.Refused;
        return result;
    }

    private static void Add(Dictionary<string, object> result, string name, IEnumerable<Cost> rounds)
    {
        var all = rounds.ToList();
        result[$"{name}HeapKilobytes"] = Spread.Of(all.Select(c => c.HeapKilobytes));
        result[$"{name}Kilobytes"] = Spread.Of(all.Select(c => c.Kilobytes));
        result[$"{name}OpenMicros"] = Spread.Of(all.Select(c => c.OpenMicros));
        result[$"{name}RowMicros"] = Spread.Of(all.Select(c => c.RowMicros));
        result[$"{name}MessageMicros"] = Spread.Of(all.Select(c => c.MessageMicros));
    }

    private static async Task<Cost> MeasureAsync(
        ServerProcess server, Uri page, string cookie, int size, int updates, Func<int, Task<Sent>> rows, Func<int, Task<Sent>> messages, CancellationToken ct)
    {
        var before = await MemoryAsync(server, ct);
        var cpu = server.CpuMicros;
        await using var group = await CircuitGroup.OpenAsync(page, cookie, size, ct);
        var open = (server.CpuMicros - cpu) / size;
        await Task.Delay(TimeSpan.FromSeconds(1), ct); // pages that have just opened come to rest
        var after = await MemoryAsync(server, ct);
        var (row, missingRows) = await UpdateAsync(group, rows, updates, ct);
        var (message, missingMessages) = await UpdateAsync(group, messages, updates, ct);
        return new Cost(
            Math.Round((after.Heap - before.Heap) / size, 1), Math.Round((after.Resident - before.Resident) / size, 1), Math.Round(open), row, message,
            missingRows + missingMessages, group.Errors, group.FirstError);
    }

    /// <summary>µs of CPU of the server per update and circuit.</summary>
    private static async Task<(double Micros, long Missing)> UpdateAsync(CircuitGroup group, Func<int, Task<Sent>> send, int updates, CancellationToken ct)
    {
        var sent = await send(updates);
        await group.DrewAsync(sent.Marks, ct);
        return (Math.Round(sent.Costs().Program / group.Count, 1), group.Delays(sent.Marks).Missing);
    }

    /// <summary>KB after a full collection: of living objects, and of the whole process.</summary>
    private static async Task<(double Heap, double Resident)> MemoryAsync(ServerProcess server, CancellationToken ct)
    {
        await GarbageCollector.CollectAsync(server.Pid, ct);
        await GarbageCollector.CollectAsync(server.Pid, ct); // what the finalizers of the first let go
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/metrics"), ct);
        double Sum(string name) => metrics.Split('\n').Where(l => l.StartsWith($"dotnet_gc_last_collection_heap_{name}", StringComparison.Ordinal)).Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        var heap = Sum("size") - Sum("fragmentation"); // places that the next objects take again
        var resident = File.ReadLines($"/proc/{server.Pid}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return (heap / 1024, double.Parse(resident, CultureInfo.InvariantCulture));
    }

    private static async Task<Guid> ConversationAsync(PageBench bench, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(bench.Omni.ConnectionString);
        await using var command = source.CreateCommand("select conversation_id from messages group by 1 order by count(*) desc limit 1");
        return (Guid)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>What one circuit costs.</summary>
    private sealed record Cost(double HeapKilobytes, double Kilobytes, double OpenMicros, double RowMicros, double MessageMicros, long Missing, int Errors, string? FirstError);
}

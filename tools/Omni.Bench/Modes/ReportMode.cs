using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Bench.Load;

namespace Omni.Bench.Modes;

/// <summary>Measures everything and writes it down.</summary>
internal static class ReportMode
{
    private static readonly string[] Modes = ["intake", "inbound", "letters", "backlog", "tenants", "start", "realtime", "circuits", "scale"];

    // What each counts that must not happen, however slow the machine is.
    private static readonly string[] Faults = ["missing", "doubled", "errors"];

    // Small enough that all modes together end within three minutes.
    private static readonly (string Name, int Value)[] Short =
    [
        ("rounds", 1), ("seconds", 1), ("warm", 1), ("tenants", 2), ("connections", 16), ("count", 300), ("circuits", 10), ("conversations", 2_000), ("messages", 20_000), ("tries", 4), ("updates", 6),
    ];

    /// <summary>Runs the other modes one after the other and writes <c>docs/benchmark.md</c>, or the file that <c>--file</c> names.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        if (options.Number("short", 0) == 1)
        {
            return await ShortAsync(options.Or(Short), ct);
        }

        var results = new Dictionary<string, JsonNode>();
        foreach (var name in Modes)
        {
            results[name] = JsonSerializer.SerializeToNode(await BenchMode.Find(name)!(options, ct), BenchJson.Options)!;
            Bench.Tell(results[name]);
        }

        var file = PageFile(options);
        var chaos = File.Exists(file) ? SectionOf(await File.ReadAllTextAsync(file, ct), "chaos") : "";
        await File.WriteAllTextAsync(file, Text(results) + chaos, ct);
        return new { mode = "report", file };
    }

    /// <summary>Writes one mode's figures and the machine into the page, in place of what the page says of that mode.</summary>
    internal static async Task WriteSectionAsync(BenchOptions options, object result, CancellationToken ct)
    {
        var figures = JsonSerializer.SerializeToNode(result, BenchJson.Options)!.AsObject();
        var (file, name) = (PageFile(options), figures["mode"]!.GetValue<string>());
        var page = File.Exists(file) ? await File.ReadAllTextAsync(file, ct) : "";
        var old = SectionOf(page, name);
        var section = new StringBuilder().AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {name}").AppendLine().AppendLine(Machine());
        section.AppendLine().AppendLine("| figure | value |").AppendLine("|---|---|");
        foreach (var (figure, value) in figures.Where(f => f.Key != "mode"))
        {
            section.AppendLine(CultureInfo.InvariantCulture, $"| {figure} | {(value is JsonObject parts ? string.Join(", ", parts.Select(p => $"{p.Key} {p.Value}")) : value is JsonArray list ? string.Join(", ", list) : value)} |");
        }

        await File.WriteAllTextAsync(file, (old.Length == 0 ? page : page.Replace(old, "", StringComparison.Ordinal)) + section, ct);
    }

    private static string PageFile(BenchOptions options) => options.Text("file", Path.Combine("docs", "benchmark.md"));

    private static string SectionOf(string page, string name)
    {
        var begin = page.IndexOf($"\n## {name}\n", StringComparison.Ordinal);
        var end = begin < 0 ? -1 : page.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        return begin < 0 ? "" : end < 0 ? page[begin..] : page[begin..end];
    }

    private static string Machine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTimeOffset.UtcNow:yyyy-MM-dd}: {Processor()}, {Environment.ProcessorCount} cores shared by Omni, PostgreSQL and the load generator; {Memory()}; .NET {Environment.Version}; {Environment.OSVersion.VersionString}.");

    /// <summary>Runs every mode in small, one line each.</summary>
    /// <exception cref="InvalidOperationException">Something was lost or doubled, or an error happened.</exception>
    private static async Task<object> ShortAsync(BenchOptions options, CancellationToken ct)
    {
        var faulty = new List<string>();
        foreach (var name in Modes.Except(["letters"])) // the same as inbound but for its words
        {
            var clock = Stopwatch.StartNew();
            var result = JsonSerializer.SerializeToNode(await BenchMode.Find(name)!(options, ct), BenchJson.Options)!.AsObject();
            var faults = Faults.Select(f => (Name: f, Count: result[f]?.GetValue<long>() ?? 0)).Where(f => f.Count > 0).Select(f => $"{f.Count} {f.Name}").ToList();
            Console.WriteLine($"{name}: {(faults.Count == 0 ? "nothing lost, nothing doubled, no errors" : string.Join(", ", faults))}, {clock.Elapsed.TotalSeconds:0.0} s");
            if (faults.Count > 0)
            {
                faulty.Add(name);
            }
        }

        return faulty.Count == 0 ? new { mode = "report", modes = Modes.Length } : throw new InvalidOperationException($"Not all is well in {string.Join(", ", faulty)}.");
    }

    private static string Text(Dictionary<string, JsonNode> results)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmark").AppendLine();
        text.AppendLine("Written by `dotnet run -c Release --project tools/Omni.Bench -- report`. Rates of one day say little about another;");
        text.AppendLine("what counts are the ratios, whose two sides were measured in turn within one run. Median, lowest and highest of the rounds.").AppendLine();
        text.AppendLine(Machine());
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"A delivery weighs 1.5 kB and holds one message; anchor and Omni get the same. A message has {WebhookLoad.ChatWords} words, in `letters` {WebhookLoad.LetterWords}: the anchor keeps them, Omni also makes them searchable.");
        foreach (var (name, result) in results)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {name}").AppendLine();
            text.AppendLine("| figure | median | lowest | highest |").AppendLine("|---|---|---|---|");
            foreach (var (figure, value) in result.AsObject())
            {
                if (figure == "mode")
                {
                    continue;
                }

                text.AppendLine(value is JsonObject spread
                    ? $"| {figure} | {spread["median"]} | {spread["low"]} | {spread["high"]} |"
                    : $"| {figure} | {value} | | |");
            }
        }

        return text.ToString();
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";

    private static string Memory()
    {
        var kilobytes = File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemTotal", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return $"{long.Parse(kilobytes, CultureInfo.InvariantCulture) >> 20} GiB of memory";
    }
}

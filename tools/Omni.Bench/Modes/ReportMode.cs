using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Bench.Load;

namespace Omni.Bench.Modes;

/// <summary>Measures everything and writes it down.</summary>
internal static class ReportMode
{
    private static readonly string[] Modes = ["intake", "inbound", "letters", "backlog", "tenants", "start"];

    /// <summary>Runs the other modes one after the other and writes <c>docs/benchmark.md</c>, or the file that <c>--file</c> names.</summary>
    internal static async Task<object> RunAsync(BenchOptions options, CancellationToken ct)
    {
        var results = new Dictionary<string, JsonNode>();
        foreach (var name in Modes)
        {
            results[name] = JsonSerializer.SerializeToNode(await BenchMode.Find(name)!(options, ct), BenchJson.Options)!;
            Bench.Tell(results[name]);
        }

        var file = options.Text("file", Path.Combine("docs", "benchmark.md"));
        await File.WriteAllTextAsync(file, Text(results), ct);
        return new { mode = "report", file };
    }

    private static string Text(Dictionary<string, JsonNode> results)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmark").AppendLine();
        text.AppendLine("Written by `dotnet run -c Release --project tools/Omni.Bench -- report`. Rates of one day say little about another;");
        text.AppendLine("what counts are the ratios, whose two sides were measured in turn within one run. Median, lowest and highest of the rounds.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyy-MM-dd}: {Processor()}, {Environment.ProcessorCount} cores shared by Omni, PostgreSQL and the load generator; {Memory()}; .NET {Environment.Version}; {Environment.OSVersion.VersionString}.");
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

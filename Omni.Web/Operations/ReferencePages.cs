using System.Diagnostics.Metrics;
using System.Text;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Operations;
using Omni.Infrastructure.Data;

namespace Omni.Web.Operations;

/// <summary>The pages of docs/ that the program writes about itself; <c>--write-docs docs</c> renews them.</summary>
internal static class ReferencePages
{
    /// <summary>The switch that renews the pages.</summary>
    internal const string Switch = "--write-docs";

    private const string Renew = "dotnet run --project Omni.Web -- " + Switch + " docs";

    /// <summary>All pages by file name.</summary>
    internal static IReadOnlyDictionary<string, string> Write() => new Dictionary<string, string>
    {
        ["errors.md"] = Page("Error codes", Errors()),
        ["events.md"] = Page("Events", Events()),
        ["metrics.md"] = Page("Metrics", Metrics()),
        ["schema.md"] = Page("Database", DataModule.DescribeSchema()),
    };

    /// <summary>Writes all pages into a folder.</summary>
    internal static async Task SaveAsync(string folder, TextWriter output, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in Write())
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, ct);
            await output.WriteLineAsync($"Written: {Path.Combine(folder, name)}");
        }
    }

    private static string Page(string title, string text) =>
        $"# {title}\n\n<!-- Written by the program: {Renew} -->\n\n{text.ReplaceLineEndings("\n").TrimEnd()}\n";

    private static string Errors()
    {
        var text = new StringBuilder("Failures carry `error.code` and `error.name`. Codes of 400–599 mean what the HTTP status means; the product's own are these.\n\n| code | name | meaning |\n|---|---|---|\n");
        foreach (var code in Enum.GetValues<ErrorCode>().Order())
        {
            text.Append($"| {(int)code} | {ErrorCodes.Name(code)} | {ErrorCodes.Descriptions[code]} |\n");
        }

        return text.ToString();
    }

    private static string Events()
    {
        var text = new StringBuilder("""
            What `GET /api/v1/events` and outgoing webhooks tell. Each event is `{id, name, organizationId, subject, at, data}`; `data` holds
            ids and the members that changed. Stored events stay in the feed for seven days; the others only matter while they happen.

            | name | subjects | when | stored |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var entry in EventCatalogue.All)
        {
            text.Append($"| `{entry.Name}` | `{entry.Subject.Replace(", ", "`, `")}` | {entry.Meaning} | {(entry.IsStored ? "yes" : "no")} |\n");
        }

        return text.ToString();
    }

    private static string Metrics()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var catalogue = new OmniMetrics(services.GetRequiredService<IMeterFactory>()).Catalogue;
        var text = new StringBuilder("""
            `GET /metrics` answers in Prometheus' text format: to callers on the same machine that no proxy forwards, and to everybody who sends
            `Authorization: Bearer <Omni:MetricsToken>`. Everybody else gets 404, or 401 when a token is set. Labels have few values;
            beyond 500 combinations of one metric the rest is counted as `overflow="true"`. Beside these there are the framework's own metrics
            of web requests, connections, circuits, the runtime and database connections.

            | name | kind | labels | meaning |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var metric in catalogue)
        {
            text.Append($"| `{metric.Name}` | {metric.Kind} | {string.Join(", ", metric.Labels.Select(l => $"`{l}`"))} | {metric.Description} |\n");
        }

        return text.ToString();
    }
}

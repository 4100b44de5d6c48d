using System.Globalization;

namespace Omni.Bench;

/// <summary>The command line: a mode, then <c>--name value</c>.</summary>
internal sealed class BenchOptions
{
    /// <summary>What is said when the mode is missing or unknown.</summary>
    internal const string Help = """
        usage: dotnet run -c Release --project tools/Omni.Bench -- MODE [options]

          intake    webhooks accepted durably, beside a bare group commit and one INSERT per request
          inbound   webhooks applied to the inbox, beside the least possible inbound
          letters   the same with messages of 150 words
          backlog   deliveries that wait while Omni is away, and the time to work them off after a start
          start     a fresh folder to the first page, a restart, a restart after kill -9
          tenants   one organization at 50 times the load of the others, and what they notice
          fuzz      one organization calls everything with the ids of another one: nothing of it may come back
          realtime  webhook to page: a browser, 100 and 1,000 circuits, event streams, beside a page of plain markup
          circuits  memory and CPU of an inbox page's circuit, beside an empty page and one of plain markup
          scale     1,000,000 conversations and 10,000,000 messages: pages, filters, counts and search beside statements by hand
          report    all of these, written to docs/benchmark.md
          chaos     kills, full disks, silent servers and a platform that goes wrong, under load; then everything is counted

        options
          --rounds N        how often everything is measured in turn (3)
          --seconds S       length of one measurement (8)
          --warm S          length of the load before the first one (20)
          --connections N   connections of the load generator (64)
          --tenants N       organizations with a number each (8)
          --contacts N      people per organization (1000)
          --words N         words of a message, of 1.5 kB of delivery (15)
          --count N         deliveries of the backlog (10000)
          --circuits N      the most circuits that realtime opens (1000), and what circuits opens (300)
          --updates N       changed rows and messages per measurement of circuits (30)
          --page PATH       another page than the inbox for circuits
          --conversations N, --messages N   size of scale
          --keep DIR        keeps the data of scale for the next run
          --only TEXT       measures just the cases of scale whose name has it
          --short           report: everything once, in small; nothing is written; fails on what is lost or doubled and on errors,
                            never on a figure. fuzz: fewer calls and pages. chaos: every kind of fault once
          --profile 1       tells which statements took the database's time
          --calls N         calls of the fuzz (100000)
          --seed N          repeats the calls of the fuzz or the plan of chaos (1)
          --browser 0       the fuzz without Chromium
          --control NAME    chaos with a protection switched off, which must end with 1: dedup, lease or tenant
          --logs FOLDER     keeps what the programs write during chaos and fuzz
          --program DLL     Omni.Web.dll to measure; the one beside this tool's own build by default
        """;

    private readonly Dictionary<string, string> _values = [];

    /// <summary>What to measure.</summary>
    internal string Mode { get; private init; } = "";

    /// <summary>Reads the command line.</summary>
    internal static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions { Mode = args.FirstOrDefault() ?? "" };
        for (var i = 1; i < args.Length; i++)
        {
            var name = args[i].TrimStart('-');
            options._values[name] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "1";
        }

        return options;
    }

    /// <summary>The same with other values where none was given.</summary>
    internal BenchOptions Or(params IEnumerable<(string Name, int Value)> values)
    {
        var options = new BenchOptions { Mode = Mode };
        foreach (var (name, value) in values)
        {
            options._values[name] = value.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in _values)
        {
            options._values[name] = value;
        }

        return options;
    }

    /// <summary>The same with a number set.</summary>
    internal BenchOptions With(string name, int value)
    {
        var changed = new BenchOptions { Mode = Mode };
        foreach (var (key, text) in _values)
        {
            changed._values[key] = text;
        }

        changed._values[name] = value.ToString(CultureInfo.InvariantCulture);
        return changed;
    }

    /// <summary>A text.</summary>
    internal string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    /// <summary>A whole number.</summary>
    internal int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}

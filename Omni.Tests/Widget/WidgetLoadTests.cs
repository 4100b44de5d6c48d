using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Omni.Tests.Support;
using Xunit.Abstractions;

namespace Omni.Tests.Widget;

/// <summary>Many visitors at once. Says how long a message takes to the inbox and what a visitor costs; asserts only that everything arrived once and in order. OMNI_LOAD_VISITORS=1000 is the full form.</summary>
[Trait("Category", "Load")]
public sealed class WidgetLoadTests(WidgetHost host, ITestOutputHelper output) : IClassFixture<WidgetHost>
{
    private const int PerSecond = 20;

    [Fact]
    public async Task Everything_arrives_once_and_in_order_while_many_visitors_listen()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("OMNI_LOAD_VISITORS"), out var asked) ? asked : 200;
        var messages = count >= 1_000 ? 30 * PerSecond : 5 * PerSecond;
        var before = Memory();
        var visitors = new ConcurrentBag<TestVisitor>();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
        {
            var visitor = await host.VisitAsync();
            await visitor.ListenAsync();
            visitors.Add(visitor);
        });
        var listening = Memory();

        var all = visitors.ToArray();
        var sent = new ConcurrentDictionary<string, long>();
        var took = new ConcurrentDictionary<string, double>();
        using var stop = new CancellationTokenSource();
        var inbox = await ListenAsync(sent, took, stop.Token);
        var clock = Stopwatch.StartNew();
        var writing = new List<Task>();
        for (var i = 0; i < messages; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond) - clock.Elapsed;
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
            var (visitor, text) = (all[i % count], $"{i:00000}");
            sent[text] = Stopwatch.GetTimestamp();
            writing.Add(visitor.SayAsync(text));
        }

        await Task.WhenAll(writing);
        await Eventually.HoldsAsync(() => took.Count == messages, "the inbox hears of every message", TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync(() => all.Sum(v => v.Events.Count(e => e.Name == "message")) >= messages, "every page gets its own messages", TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await inbox;

        for (var i = 0; i < all.Length; i++)
        {
            var own = Enumerable.Range(0, messages).Where(m => m % count == i).Select(m => $"{m:00000}");
            Assert.Equal(own, all[i].Events.Where(e => e.Name == "message").Select(e => e.Data["message"]!["text"]!.GetValue<string>()));
        }

        Assert.Equal(messages, await host.QueryAsync<long>("select count(*) from messages"));
        var times = took.Values.Order().ToArray();
        output.WriteLine($"{count} visitors, {messages} messages at {PerSecond}/s: to the inbox p50 {times[times.Length / 2]:0} ms, p95 {times[(int)(times.Length * 0.95)]:0} ms, longest {times[^1]:0} ms; "
            + $"{(listening - before) / 1024.0 / count:0} KB of memory per listening visitor");
        foreach (var visitor in all)
        {
            visitor.Dispose();
        }
    }

    /// <summary>Hears what an open inbox hears, and reads the message as it does.</summary>
    private async Task<Task> ListenAsync(ConcurrentDictionary<string, long> sent, ConcurrentDictionary<string, double> took, CancellationToken ct)
    {
        var answer = await host.Api.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, ct);
        var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await lines.ReadLineAsync(ct) != "event: ready")
        {
            continue;
        }

        return Task.Run(async () =>
        {
            using (answer)
            {
                try
                {
                    var name = "";
                    while (await lines.ReadLineAsync(ct) is { } line)
                    {
                        name = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : name;
                        if (name == "message.created" && line.StartsWith("data: ", StringComparison.Ordinal))
                        {
                            _ = SeeAsync(JsonNode.Parse(line[6..])!["data"]!["messageId"]!.GetValue<Guid>());
                        }
                    }
                }
                catch (Exception end) when (end is OperationCanceledException or IOException)
                {
                    Assert.True(ct.IsCancellationRequested);
                }
            }
        }, CancellationToken.None);

        async Task SeeAsync(Guid id)
        {
            var seen = Stopwatch.GetTimestamp();
            var text = await host.QueryAsync<string>($"select text from messages where id = '{id}'");
            took[text] = Stopwatch.GetElapsedTime(sent[text], seen).TotalMilliseconds;
        }
    }

    private long Memory()
    {
        host.Process.Refresh();
        return host.Process.WorkingSet64;
    }
}

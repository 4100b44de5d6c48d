using System.Diagnostics;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;
using Xunit.Abstractions;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>The program and the database are killed in the middle of things.</summary>
[Trait("Category", "Database")]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Deliveries = 2_000;
    private const int People = 40;

    [Fact]
    public async Task Nothing_is_lost_doubled_or_disordered_when_program_and_database_are_killed_under_load()
    {
        await using var server = await PostgresServer.StartAsync(isDurable: true);
        await server.AdministerAsync("create database crash owner omni");
        await using var rig = await SpineRig.StartAsync(server.ConnectionString("crash"));
        try
        {
            await RunAsync(server, rig);
        }
        catch (Exception failure)
        {
            var written = rig.Omni.Output;
            output.WriteLine($"{failure}\n{written[Math.Max(0, written.Length - 6000)..]}");
            throw;
        }
    }

    [Fact]
    public async Task Killed_between_the_platforms_answer_and_its_record_a_message_is_unknown_and_never_sent_again()
    {
        var database = await Database.CreateAsync();
        await using (var rig = await SpineRig.StartAsync(database, "--Omni:Sending:LeaseSeconds=4", "--Omni:Sending:UnknownSeconds=2"))
        {
            await rig.Platform.ReceiveFromCustomerAsync(SpineRig.NumberId, new SimulatedPerson("4791", "Leila"), "question");
            await rig.UntilAsync("select count(*) from conversations", 1);
            var conversation = await rig.QueryAsync<Guid>("select id from conversations");
            rig.Account.Behaviour = new() { Slow = TimeSpan.FromSeconds(1), Statuses = [] };
            await rig.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{conversation}/messages", new { text = "one", clientId = Guid.NewGuid() });
            await rig.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{conversation}/messages", new { text = "two", clientId = Guid.NewGuid() });
            await rig.UntilAsync("select count(*) from outbox where attempting", 1);

            await rig.Omni.KillAsync();
            await Eventually.HoldsAsync(() => rig.Platform.Ledger.Sends.Count == 1, "the platform took it although the sender is gone");
            rig.Account.Behaviour = new() { Statuses = [] };
            await rig.RestartAsync();

            await rig.UntilAsync("select count(*) from messages where text = 'two' and status = 'sent'", 1);
            Assert.Equal("unknown", await rig.QueryAsync<string>("select status from messages where text = 'one'"));
            Assert.Equal(["one", "two"], rig.Platform.Ledger.Sends.Select(s => s.Text));
            Assert.Equal(0, await rig.QueryAsync<long>("select count(*) from outbox"));
        }

        await Database.DropAsync(database);
    }

    private async Task RunAsync(PostgresServer server, SpineRig rig)
    {
        using var sender = new WebhookSender();
        var start = Now.AddHours(-1);
        var all = Enumerable.Range(0, Deliveries).SelectMany(i => Enumerable.Repeat(i, 3)).ToArray();
        new Random(42).Shuffle(all);
        var done = 0;
        var clock = Stopwatch.StartNew();

        // A restarted program is a new object with the same address.
        var address = rig.Omni.Address;
        var posting = Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            await sender.PostAsync(Of(Text($"m{i}", $"{i}", from: $"479{i % People:00}", at: start.AddSeconds(i / People))), address);
            Interlocked.Increment(ref done);
        });

        await Eventually.HoldsAsync(() => done > Deliveries, "a third is posted");
        await rig.Omni.KillAsync();
        await rig.RestartAsync();
        await Eventually.HoldsAsync(() => done > 2 * Deliveries, "two thirds are posted", TimeSpan.FromSeconds(60));
        await server.KillAsync();
        var (status, after) = await AnswerAsync(sender, address);
        await RestartAsync(server);
        await posting;
        var posted = clock.Elapsed;
        await rig.UntilAsync("select count(*) from inbound_queue where state <> 'processed'", 0, TimeSpan.FromSeconds(30));

        output.WriteLine($"{3 * Deliveries} posts, {sender.Attempts} attempts, {posted.TotalSeconds:0.0} s, applied after {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal((503, TimeSpan.FromSeconds(5)), (status, after));
        Assert.Equal(Deliveries, await rig.QueryAsync<long>("select count(distinct external_id) from messages"));
        Assert.Equal(Deliveries, await rig.QueryAsync<long>("select count(*) from messages"));
        Assert.Equal(People, await rig.QueryAsync<long>("select count(*) from conversations"));
        Assert.Equal(0, await rig.QueryAsync<long>("select count(*) from (select text::int as n, lag(text::int) over (partition by conversation_id order by position, seq) as before from messages) x where before > n"));
        Assert.Equal(0, await rig.QueryAsync<long>("select count(*) from conversations c where last_seq <> (select count(*) from messages m where m.conversation_id = c.id)"));
        Assert.Equal(0, await rig.Omni.InterruptAsync().WaitAsync(TimeSpan.FromSeconds(40)));
    }

    /// <summary>Server processes that were just being started when the others were killed end by themselves, a moment later.</summary>
    private static Task RestartAsync(PostgresServer server) => Eventually.HoldsAsync(
        async () =>
        {
            try
            {
                await server.RestartAsync();
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        },
        "the database server starts again");

    private static async Task<(int Status, TimeSpan? RetryAfter)> AnswerAsync(WebhookSender sender, Uri address)
    {
        // Connections that were open when the server died fail first.
        var answer = (Status: 0, RetryAfter: (TimeSpan?)null);
        await Eventually.HoldsAsync(async () => (answer = await sender.PostOnceAsync(address, Of(Text("m0", "0", from: "47900", at: Now.AddHours(-1))))).Status == 503, "the program says that the database is away");
        return answer;
    }
}

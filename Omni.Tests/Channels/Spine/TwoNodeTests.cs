using System.Net.Http.Json;
using Omni.Core.Events;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;
using Xunit.Abstractions;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>Two nodes on one database, without Redis between them.</summary>
[Trait("Category", "Database")]
public sealed class TwoNodeTests(ITestOutputHelper output)
{
    private const int People = 8;
    private const int Each = 15;

    [Fact]
    public async Task Order_is_kept_and_nothing_happens_twice_even_when_one_node_is_frozen_for_longer_than_its_lease()
    {
        // A server of its own: a frozen transaction holds the event feeds of all databases of a server.
        await using var server = await PostgresServer.StartAsync();
        await server.AdministerAsync("create database nodes owner omni");
        await using var rig = await SpineRig.StartAsync(
            server.ConnectionString("nodes"), "--Omni:Sending:LeaseSeconds=3", "--Omni:Sending:UnknownSeconds=3", $"--Omni:MasterKey={Convert.ToBase64String(new byte[32].Select((_, i) => (byte)i).ToArray())}");
        await using var other = await rig.StartNodeAsync();
        using var sender = new WebhookSender();
        rig.Account.Behaviour = new() { Slow = TimeSpan.FromMilliseconds(20) };

        // Each person writes, waiting for the answer of one node before writing to the other.
        await Parallel.ForEachAsync(Enumerable.Range(0, People), new ParallelOptions { MaxDegreeOfParallelism = People }, async (person, _) =>
        {
            for (var i = 0; i < Each; i++)
            {
                await sender.PostAsync(Of(Text($"p{person}-{i}", $"{i}", from: $"479{person}")), i % 2 == 0 ? rig.Omni.Address : other.Address);
            }
        });
        await rig.UntilAsync("select count(*) from messages", People * Each);
        Assert.Equal(0, await rig.QueryAsync<long>("select count(*) from messages where seq <> text::int + 1"));
        Assert.Equal(0, await rig.QueryAsync<long>("select count(*) from (select text::int as n, lag(text::int) over (partition by conversation_id order by position, seq) as before from messages) x where before > n"));

        var conversations = new List<Guid>();
        for (var i = 0; i < People; i++)
        {
            conversations.Add(await rig.QueryAsync<Guid>($"select id from conversations order by id offset {i} limit 1"));
        }

        using var second = new HttpClient { BaseAddress = other.Address };
        second.DefaultRequestHeaders.Authorization = rig.Api.DefaultRequestHeaders.Authorization;
        var taken = 0;
        var replying = Parallel.ForEachAsync(conversations, new ParallelOptions { MaxDegreeOfParallelism = People }, async (conversation, ct) =>
        {
            for (var i = 0; i < Each; i++)
            {
                var isSecond = i is 1 or 3;
                await ReplyAsync(isSecond ? second : rig.Api, conversation, $"{i}", ct);
                Interlocked.Add(ref taken, isSecond ? 1 : 0);
            }
        });

        await Eventually.HoldsAsync(() => rig.Platform.Ledger.Sends.Count > 10, "sending is under way");
        await Eventually.HoldsAsync(() => Volatile.Read(ref taken) == 2 * People, "the second node has answered");
        Signals.Stop(other.Process.Id);
        int inOrder;
        try
        {
            await replying;
            await rig.UntilAsync("select count(*) from outbox", 0, TimeSpan.FromSeconds(60));
            inOrder = rig.Platform.Ledger.Sends.Count;
        }
        finally
        {
            Signals.Continue(other.Process.Id);
        }

        await rig.Platform.Webhooks.IdleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        await rig.UntilAsync("select count(*) from messages where direction = 'out' and status in ('read', 'unknown')", People * Each);

        var sends = rig.Platform.Ledger.Sends;
        output.WriteLine($"{sends.Count} sends, {await rig.QueryAsync<long>("select count(*) from messages where status = 'unknown'")} unknown");
        Assert.Equal(sends.Count, sends.Select(s => s.ClientReference).Distinct().Count());

        // What left the frozen node half and arrives when it thaws is late, as nobody can prevent; its conversation was told that the outcome is unknown.
        Assert.InRange(sends.Count - inOrder, 0, People);
        Assert.All(sends.Take(inOrder).GroupBy(s => s.Recipient), g => Assert.Equal(g.Select(s => int.Parse(s.Text!)).Order(), g.Select(s => int.Parse(s.Text!))));
    }

    [Fact]
    public async Task What_one_node_commits_reaches_listeners_of_the_other_without_Redis()
    {
        await using var fixture = new OwnDatabase();
        await fixture.Value.InitializeAsync();
        await using var node = await SpineServices.StartAsync(fixture.Value.ConnectionString);
        await using var other = await SpineServices.StartAsync(fixture.Value.ConnectionString);
        var ann = await node.GivenOwnerAsync();
        await node.GivenNumberAsync(ann, Number);
        await other.StartWorkersAsync();
        var heard = new TaskCompletionSource<ChangeEvent>();
        using var listening = other.Get<IEventBus>().Subscribe(ann.OrganizationId, ChangeEvent.Organization, heardOf =>
        {
            if (heardOf.Name == EventNames.MessageCreated)
            {
                heard.TrySetResult(heardOf);
            }

            return default;
        });

        await node.ReceiveAsync(Of(Text("m1", "hello")));

        var change = await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(ann.OrganizationId, change.OrganizationId);
    }

    private static async Task ReplyAsync(HttpClient api, Guid conversation, string text, CancellationToken ct)
    {
        using var response = await api.PostAsJsonAsync($"/api/v1/conversations/{conversation}/messages", new { text, clientId = Guid.NewGuid() }, ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(ct));
    }

    private sealed class OwnDatabase : IAsyncDisposable
    {
        internal DatabaseFixture Value { get; } = new();

        public async ValueTask DisposeAsync() => await Value.DisposeAsync();
    }
}

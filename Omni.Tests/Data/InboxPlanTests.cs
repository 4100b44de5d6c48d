using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Inbox;
using Omni.Tests.Support;
using Xunit.Abstractions;

namespace Omni.Tests.Data;

/// <summary>The pages everybody looks at all day go by an index, under the role that pages have, on a database with something in it.</summary>
[Trait("Category", "Database")]
public sealed class InboxPlanTests(InboxPlanTests.Filled filled, ITestOutputHelper output) : IClassFixture<InboxPlanTests.Filled>
{
    public static TheoryData<string> Lists => ["open", "mine", "nobody", "unread", "label", "channel", "contact", "waiting", "closing", "search", "next page"];

    [Theory, MemberData(nameof(Lists))]
    public async Task A_list_is_read_by_index_conditions(string name)
    {
        var query = filled.Queries[name];
        var list = new ConversationListSql(filled.Ann, query, 50, TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(4));
        await using var batch = filled.Rig.Get<NpgsqlDataSource>().CreateBatch();
        batch.BatchCommands.Add(Walls.As(filled.Ann.OrganizationId));
        var explain = new NpgsqlBatchCommand($"explain (format json, analyze, timing off) {list.Command.CommandText}");
        explain.Parameters.AddRange(list.Command.Parameters.Select(p => p.Clone()).ToArray());
        batch.BatchCommands.Add(explain);
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        Assert.True(await reader.ReadAsync());
        using var plan = JsonDocument.Parse(reader.GetString(0));

        var nodes = Nodes(plan.RootElement[0].GetProperty("Plan")).ToList();
        output.WriteLine($"{name}: {plan.RootElement[0].GetProperty("Execution Time").GetDouble():0.0} ms");
        Assert.DoesNotContain(nodes, n => n.Type == "Seq Scan" && n.Table is "conversations" or "messages");
        Assert.Contains(nodes, n => n.Table == "conversations" && n.Condition.Contains("organization_id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_reading_of_the_inbox_goes_through_a_whole_table()
    {
        var (reader, ann) = (filled.Rig.Get<IInboxReader>(), filled.Ann);
        var before = await ScansAsync();
        foreach (var (name, query) in filled.Queries)
        {
            var clock = Stopwatch.StartNew();
            Assert.Null((await reader.ListAsync(ann, query, default)).Refusal);
            output.WriteLine($"list {name}: {clock.Elapsed.TotalMilliseconds:0.0} ms");
        }

        var conversation = (await reader.ListAsync(ann, new ConversationQuery(), default)).Value.Rows[0].Row.Id;
        await MeasureAsync("counts", () => reader.CountsAsync(ann, default));
        await MeasureAsync("conversation", () => reader.FindAsync(ann, conversation, default));
        await MeasureAsync("messages", () => reader.MessagesAsync(ann, conversation, null, null, 50, default));
        var found = await reader.SearchAsync(ann, "needle", null, 50, default);
        await MeasureAsync("search", () => reader.SearchAsync(ann, "needle", null, 50, default));

        Assert.NotEmpty(found.Value.Rows);
        Assert.Equal(before, await ScansAsync());
    }

    private async Task MeasureAsync(string name, Func<Task> read)
    {
        var clock = Stopwatch.StartNew();
        await read();
        output.WriteLine($"{name}: {clock.Elapsed.TotalMilliseconds:0.0} ms");
    }

    // The rig's connections are not pooled: each reports its counts when it ends.
    private Task<string> ScansAsync() => filled.Rig.TextAsync("select relname, seq_scan from pg_stat_user_tables where relname in ('conversations', 'messages') order by 1");

    private static IEnumerable<(string Type, string? Table, string Condition)> Nodes(JsonElement node)
    {
        string Text(string name) => node.TryGetProperty(name, out var value) ? value.GetString()! : "";
        yield return (Text("Node Type"), Text("Relation Name"), Text("Index Cond"));
        if (node.TryGetProperty("Plans", out var plans))
        {
            foreach (var inner in plans.EnumerateArray().SelectMany(Nodes))
            {
                yield return inner;
            }
        }
    }

    /// <summary>60,000 conversations with 240,000 messages of two organizations.</summary>
    public sealed class Filled : IAsyncLifetime
    {
        private readonly DatabaseFixture _database = new();

        internal SpineServices Rig { get; private set; } = null!;

        internal Actor Ann { get; private set; } = null!;

        internal Dictionary<string, ConversationQuery> Queries { get; } = [];

        public async Task InitializeAsync()
        {
            await _database.InitializeAsync();
            Rig = await SpineServices.StartAsync(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false, CommandTimeout = 180 }.ConnectionString);
            Ann = await Rig.GivenOwnerAsync();
            var bo = await Rig.GivenOwnerAsync("Gipfel");
            var channel = await Rig.GivenNumberAsync(Ann, Deliveries.Number);
            await Rig.GivenNumberAsync(Ann, "700888");
            await FillAsync(Ann, 50_000);
            await Rig.GivenNumberAsync(bo, "700999");
            await FillAsync(bo, 10_000);
            await Rig.AlterAsync("analyze");
            var label = await Rig.QueryAsync<Guid>($"select id from labels where organization_id = '{Ann.OrganizationId}'");
            var contact = await Rig.QueryAsync<Guid>($"select id from contacts where organization_id = '{Ann.OrganizationId}' limit 1");
            var first = (await Rig.Get<IInboxReader>().ListAsync(Ann, new ConversationQuery(), default)).Value;
            foreach (var (name, query) in new (string, ConversationQuery)[]
            {
                ("open", new()), ("mine", new() { Assignee = AssigneeFilter.Person(Ann.UserId) }), ("nobody", new() { Assignee = AssigneeFilter.Nobody }), ("unread", new() { UnreadOnly = true }),
                ("label", new() { LabelId = label }), ("channel", new() { ChannelId = channel }), ("contact", new() { ContactId = contact }), ("waiting", new() { WaitingOnly = true }),
                ("closing", new() { WindowClosing = true }), ("search", new() { Search = "needle" }), ("next page", new() { Cursor = first.NextCursor }),
            })
            {
                Queries[name] = query;
            }
        }

        public async Task DisposeAsync()
        {
            await Rig.DisposeAsync();
            await _database.DisposeAsync();
        }

        private async Task FillAsync(Actor actor, int conversations)
        {
            var organization = actor.OrganizationId;
            await Rig.ExecuteAsync($"insert into contacts (organization_id, id, name, name_is_ours, attributes, blocked, created_at, version) select '{organization}', gen_random_uuid(), 'Person ' || i, false, '{{}}', false, now(), 0 from generate_series(1, {conversations}) i");
            await Rig.ExecuteAsync($"""
                insert into conversations (organization_id, id, channel_id, contact_id, thread_key, status, priority, assignee_id, last_seq, last_unread_seq, last_position, last_out_position,
                    window_until, waiting_since, last_activity_at, last_message_preview, created_at, version)
                select c.organization_id, gen_random_uuid(), (select (array_agg(id order by id))[1 + c.n % count(*)] from channels ch where ch.organization_id = c.organization_id), c.id, '',
                    case when c.n % 5 = 0 then 'open' when c.n % 50 = 1 then 'snoozed' else 'resolved' end, 'none', case when c.n % 20 = 0 then '{actor.UserId}'::uuid end, 4, 4, 0, 0,
                    now() + c.n % 48 * interval '1 hour', case when c.n % 10 = 0 then now() end, now() - c.n * interval '1 minute', 'words', now(), 1
                from (select *, row_number() over () as n from contacts where organization_id = '{organization}') c
                """);
            await Rig.ExecuteAsync($"""
                insert into messages (organization_id, id, conversation_id, channel_id, seq, position, direction, kind, type, text, source, external_id, status, received_at, created_at, error_retryable)
                select c.organization_id, gen_random_uuid(), c.id, c.channel_id, s, s * 1000, 'in', 'message', 'text', 'words of message ' || s || case when random() < 0.001 then ' needle' else ' straw' end,
                    'platform', c.id || '-' || s, 'received', now(), now(), false
                from conversations c, generate_series(1, 4) s where c.organization_id = '{organization}'
                """);
            await Rig.ExecuteAsync($"insert into labels (organization_id, id, name, name_key, hue) values ('{organization}', gen_random_uuid(), 'urgent', 'urgent', 10)");
            await Rig.ExecuteAsync($"insert into conversation_labels (organization_id, label_id, conversation_id) select c.organization_id, l.id, c.id from conversations c join labels l on l.organization_id = c.organization_id where c.organization_id = '{organization}' order by c.id limit 300");
            await Rig.ExecuteAsync($"insert into read_pointers (organization_id, user_id, conversation_id, last_read_seq) select organization_id, '{actor.UserId}', id, 4 from conversations where organization_id = '{organization}' and status = 'open' and assignee_id is null");
        }
    }
}

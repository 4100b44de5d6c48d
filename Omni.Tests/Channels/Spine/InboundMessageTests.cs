using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>What the database holds after deliveries went through intake and lane.</summary>
[Trait("Category", "Database")]
public sealed class InboundMessageTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private SpineServices _rig = null!;
    private Actor _ann = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _rig = await SpineServices.StartAsync(_database.ConnectionString);
        _ann = await _rig.GivenOwnerAsync();
        await _rig.GivenNumberAsync(_ann, Number);
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_person_without_a_number_is_one_contact_by_their_user_id()
    {
        await _rig.ReceiveAsync(
            WithProfile("Leila", null, "US.1349", Text("m1", "Hei", from: null, userId: "US.1349")),
            WithProfile("Leila", null, "US.1349", Text("m2", "Er dere åpne?", from: null, userId: "US.1349")));

        Assert.Equal("Leila, 1", await _rig.TextAsync("select c.name, count(i.*) from contacts c join contact_identities i on i.contact_id = c.id group by c.id, c.name"));
        Assert.Equal("2", await _rig.TextAsync("select count(*) from messages group by conversation_id"));
    }

    [Fact]
    public async Task Number_and_user_id_lead_to_one_contact_whichever_is_shown_first()
    {
        await _rig.ReceiveAsync(
            Of(Text("m1", "by number", from: "4791")),
            WithProfile("Leila", "4791", "US.1", Text("m2", "by both", from: "4791", userId: "US.1")),
            Of(Text("m3", "by user id", from: null, userId: "US.1")));

        Assert.Equal("1", await _rig.TextAsync("select count(*) from contacts"));
        Assert.Equal("4791, True; US.1, False", await _rig.TextAsync("""select external_id, "primary" from contact_identities order by external_id"""));
        Assert.Equal("3", await _rig.TextAsync("select count(*) from messages group by conversation_id"));
    }

    [Fact]
    public async Task A_changed_number_keeps_the_person_and_is_written_to_from_then_on()
    {
        var changed = Item("s1", "system", from: "4791", content: new JsonObject { ["type"] = "user_changed_number", ["wa_id"] = "4792", ["body"] = "changed" });

        await _rig.ReceiveAsync(Of(Text("m1", "old number", from: "4791")), Of(changed.DeepClone().AsObject()), Of(changed), Of(Text("m2", "new number", from: "4792")));

        Assert.Equal("1", await _rig.TextAsync("select count(*) from contacts"));
        Assert.Equal("4791, False; 4792, True", await _rig.TextAsync("""select external_id, "primary" from contact_identities order by external_id"""));
        Assert.Equal("text; contact.number_changed; text", await _rig.TextAsync("select type from messages order by seq"));
    }

    [Fact]
    public async Task Repeats_in_one_body_and_in_later_ones_stay_one_message()
    {
        var twice = Of(Text("m1", "once"), Text("m1", "once"));

        await _rig.ReceiveAsync(twice, twice, Of(Text("m1", "once"), Text("m2", "new")));

        Assert.Equal("m1, 1; m2, 2", await _rig.TextAsync("select external_id, seq from messages order by seq"));
        Assert.Equal("2, 2, new", await _rig.TextAsync("select last_seq, last_unread_seq, last_message_preview from conversations"));
    }

    [Fact]
    public async Task An_echo_is_an_outgoing_message_that_ends_the_waiting()
    {
        await _rig.ReceiveAsync(Of(Text("m1", "Hello?", at: Now)), Echo("e1", "A human here", at: Now.AddSeconds(5)), Echo("e1", "A human here", at: Now.AddSeconds(5)));

        Assert.Equal("in, received; out, sent", await _rig.TextAsync("select direction, status from messages order by position"));
        Assert.Equal("A human here, out, sent, True, 1", await _rig.TextAsync(
            "select last_message_preview, last_message_direction, last_message_status, waiting_since is null, last_unread_seq from conversations"));
    }

    [Fact]
    public async Task An_echo_alone_opens_no_reply_window()
    {
        await _rig.ReceiveAsync(Echo("e1", "We wrote first"));

        Assert.Equal("True, True", await _rig.TextAsync("select window_until is null, last_inbound_at is null from conversations"));
    }

    [Fact]
    public async Task Imported_history_opens_neither_conversation_nor_window()
    {
        await _rig.ReceiveAsync(Body(Change(Number, "history", new JsonObject
        {
            ["history"] = new JsonArray(new JsonObject { ["threads"] = new JsonArray(new JsonObject { ["id"] = "4790", ["messages"] = new JsonArray(Text("h1", "old")) }) }),
        })));

        Assert.Equal("0, processed", await _rig.TextAsync("select (select count(*) from conversations), state from inbound_queue"));
    }

    [Fact]
    public async Task An_old_message_that_comes_late_opens_the_window_from_its_own_time()
    {
        await _rig.ReceiveAsync(Of(Text("m1", "from yesterday", at: Now.AddHours(-30))));

        Assert.True(await _rig.QueryAsync<bool>("select window_until < now() from conversations"));
    }

    [Fact]
    public async Task An_unknown_kind_is_a_visible_placeholder()
    {
        await _rig.ReceiveAsync(Of(Item("m1", "hologram", content: new JsonObject { ["depth"] = 3 })));

        Assert.Equal("unsupported, Unsupported message", await _rig.TextAsync("select m.type, c.last_message_preview from messages m join conversations c on c.id = m.conversation_id"));
    }

    [Fact]
    public async Task One_body_reaches_each_tenant_with_its_own_part_only()
    {
        var bo = await _rig.GivenOwnerAsync("Gipfel");
        await _rig.GivenNumberAsync(bo, "700999");

        await _rig.ReceiveAsync(Body(
            Change(Number, "messages", new JsonObject { ["messages"] = new JsonArray(Text("m1", "to Fjord")) }),
            Change("700999", "messages", new JsonObject { ["messages"] = new JsonArray(Text("m1", "to Gipfel")) })));

        Assert.Equal("to Fjord", await _rig.TextAsync($"select text from messages where organization_id = '{_ann.OrganizationId}'"));
        Assert.Equal("to Gipfel", await _rig.TextAsync($"select text from messages where organization_id = '{bo.OrganizationId}'"));
        Assert.Equal("0", await _rig.TextAsync($"select count(*) from inbound_queue where organization_id = '{bo.OrganizationId}' and position('Fjord' in convert_from(slice, 'UTF8')) > 0"));
    }

    [Fact]
    public async Task Messages_of_a_blocked_person_go_to_spam_and_stay_together()
    {
        await _rig.ReceiveAsync(Of(Text("m1", "first")));
        await _rig.ExecuteAsync("update contacts set blocked = true");
        await _rig.ExecuteAsync("update conversations set status = 'resolved'");

        await _rig.ReceiveAsync(Of(Text("m2", "buy")), Of(Text("m3", "now")));

        Assert.Equal("resolved, 1; spam, 2", await _rig.TextAsync("select c.status, count(*) from conversations c join messages m on m.conversation_id = c.id group by c.id, c.status order by 1"));
    }

    [Fact]
    public async Task After_it_was_resolved_a_new_message_begins_a_new_conversation()
    {
        await _rig.ReceiveAsync(Of(Text("m1", "first")));
        await _rig.ExecuteAsync("update conversations set status = 'resolved'");

        await _rig.ReceiveAsync(Of(Text("m2", "again")));

        Assert.Equal("resolved, 1, first; open, 1, again", await _rig.TextAsync("select status, last_seq, last_message_preview from conversations order by id"));
    }

    [Theory, InlineData("pending"), InlineData("snoozed")]
    public async Task A_message_brings_a_waiting_conversation_back(string status)
    {
        await _rig.ReceiveAsync(Of(Text("m1", "first")));
        await _rig.ExecuteAsync($"update conversations set status = '{status}', snoozed_until = now() + interval '1 day'");

        await _rig.ReceiveAsync(Of(Text("m2", "again")));

        Assert.Equal("open, 2", await _rig.TextAsync("select status, last_seq from conversations"));
        Assert.Equal("True", await _rig.TextAsync("select snoozed_until is null from conversations"));
    }

    [Fact]
    public async Task A_message_written_in_the_second_of_our_answer_sorts_after_it()
    {
        var clock = DateTimeOffset.FromUnixTimeMilliseconds((Now.ToUnixTimeSeconds() * 1000) + 400);
        await _rig.ReceiveAsync(Of(Text("m1", "question", at: Now.AddSeconds(-5))));
        await _rig.ExecuteAsync($"""
            insert into messages (organization_id, id, conversation_id, channel_id, seq, position, direction, kind, type, text, source, status, received_at, created_at, error_retryable)
              select organization_id, gen_random_uuid(), id, channel_id, 2, {clock.ToUnixTimeMilliseconds()}, 'out', 'message', 'text', 'answer', 'person', 'sent', now(), now(), false from conversations
            """);
        await _rig.ExecuteAsync($"update conversations set last_seq = 2, last_position = {clock.ToUnixTimeMilliseconds()}, last_out_position = {clock.ToUnixTimeMilliseconds()}");

        await _rig.ReceiveAsync(Of(Text("m2", "thanks", at: Now)), Of(Text("m3", "bye", at: Now)));

        Assert.Equal("question; answer; thanks; bye", await _rig.TextAsync("select text from messages order by position, seq"));
        Assert.Equal("bye", await _rig.QueryAsync<string>("select last_message_preview from conversations"));

        // Another answer, in the next second, and what the customer wrote in the first one only comes now.
        var later = clock.AddMilliseconds(800).ToUnixTimeMilliseconds();
        await _rig.ExecuteAsync($"update conversations set last_position = {later}, last_out_position = {later}");
        await _rig.ReceiveAsync(Of(Text("m4", "really", at: Now)));
        Assert.Equal("question; answer; thanks; bye; really", await _rig.TextAsync("select text from messages order by position, seq"));
    }

    [Fact]
    public async Task A_line_of_the_teams_own_does_not_hide_the_customers_newest_words_in_the_list()
    {
        await _rig.ReceiveAsync(Of(Text("m1", "first", at: Now.AddMinutes(-3))));
        var conversation = await _rig.QueryAsync<Guid>("select id from conversations");
        Assert.Null((await _rig.Get<ConversationService>().PatchAsync(_ann, conversation, new ConversationPatch { Priority = ConversationPriority.High }, default)).Refusal);

        await _rig.ReceiveAsync(Of(Text("m2", "second", at: Now.AddMinutes(-1)))); // it was on its way when the priority was changed

        Assert.Equal("second, 3", await _rig.TextAsync("select last_message_preview, last_unread_seq from conversations"));
    }

    [Fact]
    public async Task An_older_message_that_comes_late_takes_its_place_and_leaves_the_list_alone()
    {
        await _rig.ReceiveAsync(Of(Text("m2", "second", at: Now)), Of(Text("m1", "first", at: Now.AddMinutes(-2))));

        Assert.Equal("first; second", await _rig.TextAsync("select text from messages order by position, seq"));
        Assert.Equal("second, 2, 2", await _rig.TextAsync("select last_message_preview, last_seq, last_unread_seq from conversations"));
    }

    [Fact]
    public async Task An_account_that_the_platform_restricts_is_shown_with_the_reason()
    {
        await _rig.GivenNumberAsync(_ann, "700102", business: "800777");

        await _rig.ReceiveAsync(
            """{"object":"whatsapp_business_account","entry":[{"id":"800777","time":1641330498,"changes":[{"field":"account_update","value":{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING"}]}}]}]}"""u8.ToArray());

        Assert.Equal("degraded, True", await _rig.TextAsync("select status, reason like '%ACCOUNT_RESTRICTION%' from channels where external_account_id = '700102'"));
    }

    [Fact]
    public async Task Everything_three_times_in_any_order_gives_the_same_as_once()
    {
        byte[][] deliveries =
        [
            .. Enumerable.Range(0, 30).Select(i => Of(Text($"m{i}", $"text {i}", from: $"479{i % 5}", at: Now.AddSeconds(i)))),
            .. Enumerable.Range(0, 5).Select(i => Of(Edit($"x{i}", $"m{i}", $"changed {i}", at: Now.AddSeconds(60)))),
            .. Enumerable.Range(5, 5).Select(i => Of(Revoke($"x{i}", $"m{i}", at: Now.AddSeconds(60)))),
            .. Enumerable.Range(10, 5).Select(i => Of(React($"x{i}", $"m{i}", "👍", at: Now.AddSeconds(60)))),
            .. Enumerable.Range(10, 5).Select(i => Of(React($"y{i}", $"m{i}", null, at: Now.AddSeconds(70)))),
            .. Enumerable.Range(15, 5).Select(i => Of(React($"x{i}", $"m{i}", "🎉", at: Now.AddSeconds(60)))),
        ];
        var chaos = new Random(7);
        var all = deliveries.Concat(deliveries).Concat(deliveries).ToArray();
        chaos.Shuffle(all);
        foreach (var chunk in all.Chunk(25))
        {
            await Task.WhenAll(chunk.Select(body => _rig.PostAsync(body)));
            await _rig.ApplyAsync();
        }

        Assert.Equal("30, 30, 5", await _rig.TextAsync("select count(*), count(distinct external_id), count(distinct conversation_id) from messages"));
        Assert.Equal("5, 5", await _rig.TextAsync("select count(*) filter (where text like 'changed%'), count(*) filter (where deleted_at is not null and text is null) from messages"));
        Assert.Equal("🎉, 5", await _rig.TextAsync("select emoji, count(*) from reactions where emoji <> '' group by emoji"));
        Assert.Equal("0", await _rig.TextAsync("select count(*) from pending_updates"));
        Assert.Equal("0", await _rig.TextAsync("select count(*) from conversations c where last_seq <> (select count(*) from messages m where m.conversation_id = c.id)"));
        Assert.Equal("0", await _rig.TextAsync("select count(*) from (select position, lag(position) over (partition by conversation_id order by platform_time) as before from messages) x where position < before"));
    }

    [Fact]
    public async Task A_bad_item_goes_to_quarantine_by_itself_and_can_be_seen()
    {
        await _rig.ReceiveAsync(
            Of(Text("m1", "good"), new JsonObject { ["type"] = "text", ["from"] = "4790213377", ["timestamp"] = "1", ["text"] = new JsonObject { ["body"] = "no id" } }, Text("m2", "good too")),
            Of(Text("m3", "next")));

        Assert.Equal("good; good too; next", await _rig.TextAsync("select text from messages order by seq"));
        Assert.Equal("quarantined; processed", await _rig.TextAsync("select state from inbound_queue order by delivery_id, id"));
    }

    [Fact]
    public async Task An_item_that_the_database_refuses_goes_to_quarantine_and_the_rest_of_its_body_is_applied()
    {
        await _rig.AlterAsync("alter table messages add constraint no_poison check (text <> 'poison')");

        foreach (var round in Enumerable.Range(0, 2))
        {
            Assert.Null((await _rig.PostAsync(Of(Text($"a{round}", "good"), Text($"b{round}", "poison"), Text($"c{round}", "good too")))).Refusal);
            Assert.Null((await _rig.PostAsync(Of(Text($"p{round}", "poison")))).Refusal);
            Assert.Null((await _rig.PostAsync(Of(Text($"d{round}", "next")))).Refusal);
        }

        await _rig.StartWorkersAsync();
        await Eventually.HoldsAsync(async () => await _rig.QueryAsync<long>("select count(*) from inbound_queue where state in ('pending', 'failed')") == 0, "the queue is empty");

        Assert.Equal("6, 6", await _rig.TextAsync("select count(*), max(last_seq) from messages m join conversations c on c.id = m.conversation_id"));
        Assert.Equal("4", await _rig.TextAsync("select count(*) from inbound_queue where state = 'quarantined' and error like '%no_poison%'"));
        Assert.Equal("{0}, 2; {1}, 2", await _rig.TextAsync("select items::text, count(*) from inbound_queue where state = 'quarantined' group by 1 order by 1"));

        // Once what stood in the way is gone, a replay applies just what is left.
        await _rig.AlterAsync("alter table messages drop constraint no_poison");
        var replay = (await _rig.Get<WebhookLogService>().ReplayAllAsync(_ann, new WebhookFilter(InboundState.Quarantined), default)).Value;
        await Eventually.HoldsAsync(async () => (await _rig.Get<WebhookLogService>().ProgressAsync(_ann, replay.Id, default)).Value is { Applied: 4, Waiting: 0 }, "the replay is done");
        Assert.Equal("10, 4", await _rig.TextAsync("select count(*), count(*) filter (where text = 'poison') from messages"));
        Assert.Equal("0", await _rig.TextAsync("select count(*) from inbound_queue where state <> 'processed' or items is not null"));
    }

    [Fact]
    public async Task Rows_that_wait_behind_a_person_do_not_hold_up_the_row_they_wait_for()
    {
        await _rig.PostAsync(Of(Text("m1", "first", from: "4791", userId: "US.1")));
        await _rig.PostAsync(Of(Text("m2", "second", from: null, userId: "US.1")));
        await _rig.PostAsync(Of(Text("o1", "other", from: "4795")));
        var channel = await _rig.QueryAsync<Guid>("select id from channels");
        var lane = _rig.Get<InboundLane>();
        await lane.PostponeAsync(_ann.OrganizationId, channel, Core.Channels.ChannelKind.WhatsApp, new TimeoutException(), default);

        await lane.RunAsync(_ann.OrganizationId, channel, Core.Channels.ChannelKind.WhatsApp, 200, default);
        Assert.Equal("other", await _rig.TextAsync("select text from messages"));
        await _rig.ExecuteAsync("update inbound_queue set next_at = now() where id = (select min(id) from inbound_queue)");
        await lane.RunAsync(_ann.OrganizationId, channel, Core.Channels.ChannelKind.WhatsApp, 200, default);
        await _rig.ExecuteAsync("update inbound_queue set next_at = now()");
        await _rig.ApplyAsync();

        Assert.Equal("first; second", await _rig.TextAsync("select m.text from messages m where m.text <> 'other' order by conversation_id, seq"));
    }
}

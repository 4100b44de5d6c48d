using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Infrastructure.Channels.Polling;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Channels.Reddit;

/// <summary>Reddit through looks, lanes and sender on a real database, with the simulated platform over HTTP.</summary>
[Trait("Category", "Database")]
public sealed class RedditSpineTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static int _accounts;

    [Fact]
    public async Task A_message_is_fetched_answered_and_named_by_the_listing()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, mailbox) = await GivenAsync(rig);
        var asked = rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "Is the tent pole covered?");
        await rig.StartWorkersAsync();
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}' and direction = 'in'", 1);
        Assert.Equal($"Nora_Reads, {asked.Name}", await rig.TextAsync($"select c.name, v.thread_key from conversations v join contacts c on c.id = v.contact_id where v.channel_id = '{channel}'"));

        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "It is, Nora.");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'sent' and external_id is not null", 1);
        var sent = Assert.Single(rig.Server.Reddit.Sends());
        Assert.Equal(sent.MessageId, await rig.TextAsync($"select external_id from messages where id = '{reply}'"));

        // The person answers in the same thread, and our answer is still one.
        rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "Thanks!");
        await LookAsync(rig, ann, channel);
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}' and direction = 'in'", 2);
        Assert.Equal("1, 3", await rig.TextAsync($"select count(distinct conversation_id), count(*) from messages where channel_id = '{channel}'"));
    }

    [Theory]
    [InlineData(nameof(SimulatedFailure.LostAnswer))]
    [InlineData(nameof(SimulatedFailure.ServerErrorWithoutBody))]
    [InlineData(nameof(SimulatedFailure.Garbage))]
    public async Task A_send_whose_answer_is_lost_is_found_in_the_listing_and_never_sent_again(string failure)
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, mailbox) = await GivenAsync(rig);
        rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "Hello");
        await rig.StartWorkersAsync();
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}'", 1);
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = Enum.Parse<SimulatedFailure>(failure), Times = 1 };
        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Did this arrive?");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'sent' and external_id is not null", 1);
        Assert.Single(rig.Server.Reddit.Sends());
        Assert.Equal("1, 0", await rig.TextAsync($"select (select count(*) from messages where channel_id = '{channel}' and direction = 'out'), (select count(*) from outbox where message_id = '{reply}')"));
    }

    [Theory]
    [InlineData(nameof(SimulatedFailure.TooMany))]
    [InlineData(nameof(SimulatedFailure.GraphError))]
    public async Task A_send_that_comes_too_fast_waits_and_goes_out_once(string failure)
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, mailbox) = await GivenAsync(rig);
        rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "Hello");
        await rig.StartWorkersAsync();
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}'", 1);
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = Enum.Parse<SimulatedFailure>(failure), Times = 1, RetryAfter = TimeSpan.FromSeconds(1) };
        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "One after the other");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'sent'", 1);
        Assert.Equal(1, rig.Account.Failed);
        Assert.Single(rig.Server.Reddit.Sends());
    }

    [Fact]
    public async Task A_server_error_and_a_dropped_connection_are_never_repeated_blindly()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString, null, ("Omni:Sending:UnknownSeconds", "2"));
        var (ann, channel, mailbox) = await GivenAsync(rig);
        rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "Hello");
        await rig.StartWorkersAsync();
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}'", 1);
        var conversation = await ConversationAsync(rig, channel);
        foreach (var failure in new[] { SimulatedFailure.ServerErrorWithBody, SimulatedFailure.DroppedRequest })
        {
            rig.Account.Behaviour = new SimulatedBehaviour { Failure = failure, Times = 1 };
            var reply = await rig.ReplyAsync(ann, conversation, $"Lost by {failure}");
            await UntilAsync(rig, $"select count(*) from messages m where id = '{reply}' and status = 'unknown' and not exists (select 1 from outbox o where o.message_id = m.id)", 1);
        }

        Assert.Empty(rig.Server.Reddit.Sends()); // a person decides
    }

    [Fact]
    public async Task What_was_typed_at_the_platform_appears_once_as_outgoing()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, mailbox) = await GivenAsync(rig);
        var asked = rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "Hello");
        mailbox.Add(new RedditItem(RedditMailbox.NewName("t4"), mailbox.Username, "Nora_Reads", "From my phone", TimeProvider.System.GetUtcNow()) { Parent = asked.Name });
        await rig.StartWorkersAsync();
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}'", 2);
        await LookAsync(rig, ann, channel, echoes: true);
        Assert.Equal("in, Hello; out, From my phone", await rig.TextAsync($"select direction, text from messages where channel_id = '{channel}' order by position, seq"));
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from conversations where channel_id = '{channel}'"));
    }

    [Fact]
    public async Task A_long_absence_loses_and_doubles_nothing()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, mailbox) = await GivenAsync(rig);
        var first = rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "before");
        await LookNowAsync(rig, channel);
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 340; i++)
        {
            rig.Server.Reddit.Receive(mailbox, $"Person_{i % 7}", $"while away {i}", now.AddSeconds(i - 340));
        }

        mailbox.Remove(first.Name); // the newest that was known is gone meanwhile
        rig.Account.Behaviour = new SimulatedBehaviour();
        for (var round = 0; round < 3; round++)
        {
            await LookNowAsync(rig, channel);
        }

        Assert.Equal("341, 341", await rig.TextAsync($"select count(*), count(distinct text) from messages where channel_id = '{channel}'"));
        Assert.Equal("0", await rig.TextAsync($"select count(*) from (select position, lag(position) over (partition by conversation_id order by seq) as before from messages where channel_id = '{channel}') x where position < before"));
        Assert.NotNull(ann);
    }

    [Fact]
    public async Task A_look_that_breaks_off_goes_on_where_it_was()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString, null, ("Platforms:Reddit:CallsPerMinute", "30"));
        var (_, channel, mailbox) = await GivenAsync(rig);
        await LookNowAsync(rig, channel);
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 600; i++)
        {
            rig.Server.Reddit.Receive(mailbox, $"Person_{i % 3}", $"many {i}", now.AddSeconds(i));
        }

        // Looks leave room for replies: after some pages the budget says no.
        await rig.ExecuteAsync("update call_budgets set \"left\" = 23");
        await LookNowAsync(rig, channel);
        var some = await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}'");
        Assert.InRange(some, 25, 400);
        await rig.ExecuteAsync("update call_budgets set \"left\" = 30");
        rig.Server.Reddit.Receive(mailbox, "Person_0", "and one more", now.AddSeconds(700));
        await LookNowAsync(rig, channel);
        Assert.Equal("601, 601", await rig.TextAsync($"select count(*), count(distinct text) from messages where channel_id = '{channel}'"));
    }

    [Fact]
    public async Task Several_nodes_look_once_and_a_node_that_lost_its_lease_writes_nothing()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        await using var other = await SpineServices.StartAsync(database.ConnectionString);
        var (_, channel, _) = await GivenAsync(rig);
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? rig : other).Get<PollStore>().ClaimAsync([ChannelKind.Reddit], 50, CancellationToken.None)));
        var mine = Assert.Single(claims.SelectMany(c => c), c => c.ChannelId == channel);

        await rig.ExecuteAsync($"update channel_polls set lease_until = now() - interval '1 second' where channel_id = '{channel}'");
        var taken = Assert.Single(await other.Get<PollStore>().ClaimAsync([ChannelKind.Reddit], 50, CancellationToken.None), c => c.ChannelId == channel);
        Assert.False(await rig.Get<PollStore>().CompleteAsync(mine, new PollDone(TimeSpan.FromSeconds(1)) { State = "{\"late\":1}" }, CancellationToken.None));
        await rig.Get<IChannelPolls>().HurryAsync(mine.OrganizationId, channel, echoes: true, CancellationToken.None);
        Assert.True(await other.Get<PollStore>().CompleteAsync(taken, new PollDone(TimeSpan.FromHours(1)) { State = "{\"right\":1}" }, CancellationToken.None));

        // Who hurried while somebody looked is not forgotten.
        Assert.Equal("True, True", await rig.TextAsync($"select state ->> 'right' = '1', echoes_wanted and next_at < now() + interval '1 minute' from channel_polls where channel_id = '{channel}'"));
    }

    [Fact]
    public async Task One_budget_counts_for_all_and_leaves_room_for_replies()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var budgets = rig.Get<ICallBudgets>();
        var key = $"test:{OmniId.New()}";
        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => budgets.TakeAsync(key, 30, 20, CancellationToken.None)));
        Assert.InRange(taken.Count(t => t == TimeSpan.Zero), 10, 12);
        Assert.Equal(TimeSpan.Zero, await budgets.TakeAsync(key, 30, 0, CancellationToken.None));

        await budgets.ReportAsync(key, 0, TimeSpan.FromSeconds(40), CancellationToken.None);
        Assert.InRange(await budgets.TakeAsync(key, 30, 0, CancellationToken.None), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(41));
        Assert.Equal(TimeSpan.Zero, await budgets.TakeAsync($"{key} of another app", 30, 0, CancellationToken.None));
    }

    [Fact]
    public async Task Comments_become_conversations_where_the_owner_wants_it_and_follow_what_happens_at_the_platform()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, mailbox) = await GivenAsync(rig);
        rig.Server.Reddit.Comment(mailbox, "Leila", "not wanted yet", "t3_post1");
        await LookNowAsync(rig, channel);
        Assert.Equal("0", await rig.TextAsync($"select count(*) from messages where channel_id = '{channel}'"));

        await rig.Get<ChannelService>().UpdateAsync(ann, channel, new ChannelPatch(Settings: new JsonObject { ["comments"] = true }), CancellationToken.None);
        var asked = rig.Server.Reddit.Comment(mailbox, "Leila", "Does it hold in rain?", "t3_post1");
        var other = rig.Server.Reddit.Comment(mailbox, "Leila", "Elsewhere", "t3_post2");
        await LookNowAsync(rig, channel);
        Assert.Equal("t3_post1; t3_post2", await rig.TextAsync($"select thread_key from conversations where channel_id = '{channel}' order by thread_key"));

        await rig.StartWorkersAsync();
        var reply = await rig.ReplyAsync(ann, await rig.QueryAsync<Guid>($"select id from conversations where channel_id = '{channel}' and thread_key = 't3_post1'"), "It does.");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'sent'", 1);
        var sent = mailbox.Find((await rig.TextAsync($"select external_id from messages where id = '{reply}'")))!;
        Assert.Equal((asked.Name, "t3_post1"), (sent.Parent, sent.Post));

        // Typed at reddit.com as an answer to a stored comment, and to somebody who is no customer here.
        mailbox.Add(new RedditItem(RedditMailbox.NewName("t1"), mailbox.Username, "Leila", "From the browser", TimeProvider.System.GetUtcNow()) { Parent = other.Name, Post = "t3_post2" });
        mailbox.Add(new RedditItem(RedditMailbox.NewName("t1"), mailbox.Username, "Stranger", "Nothing to do with us", TimeProvider.System.GetUtcNow()) { Parent = "t1_unknown", Post = "t3_post3" });
        mailbox.Change(asked.Name, c => c with { Body = "Does it hold in snow?", Edited = TimeProvider.System.GetUtcNow() });
        mailbox.Change(other.Name, c => c with { Body = "[deleted]", Author = "[deleted]" });
        await rig.ExecuteAsync($"update channel_polls set recheck_at = now() where channel_id = '{channel}'");
        await LookAsync(rig, ann, channel, echoes: true);
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}' and deleted_at is not null and text is null", 1);
        Assert.Equal("Does it hold in snow?; It does.", await rig.TextAsync($"select m.text from messages m join conversations c on c.id = m.conversation_id where m.channel_id = '{channel}' and c.thread_key = 't3_post1' order by m.position, m.seq"));
        Assert.Equal("From the browser", await rig.TextAsync($"select m.text from messages m join conversations c on c.id = m.conversation_id where m.channel_id = '{channel}' and c.thread_key = 't3_post2' and m.direction = 'out'"));
        Assert.Equal("0", await rig.TextAsync($"select count(*) from messages where channel_id = '{channel}' and text like 'Nothing%'"));
    }

    [Fact]
    public async Task A_token_that_ended_is_renewed_once_by_whoever_notices_and_a_revoked_consent_asks_the_owner()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, mailbox) = await GivenAsync(rig);
        Assert.Equal(1, rig.Server.Reddit.Renewals); // connecting exchanged the lasting token
        rig.Server.Reddit.Receive(mailbox, "Nora_Reads", "Hello");
        rig.Server.Reddit.Forget((await rig.Get<IChannelCredentials>().OpenAsync(ann.OrganizationId, channel, CancellationToken.None))!.Credentials["accessToken"]);
        await rig.StartWorkersAsync();
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}'", 1);
        Assert.Equal(2, rig.Server.Reddit.Renewals);
        Assert.Equal("connected", await rig.TextAsync($"select status from channels where id = '{channel}'"));

        await rig.ExecuteAsync($"update channels set token_expires_at = now() + interval '5 minutes' where id = '{channel}'");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rig.Get<IChannelTokens>().RenewAsync(CancellationToken.None)));
        Assert.Equal(3, rig.Server.Reddit.Renewals);

        rig.Account.Behaviour = new SimulatedBehaviour { TokenExpired = true };
        await rig.Get<IChannelPolls>().HurryAsync(ann.OrganizationId, channel, echoes: false, CancellationToken.None);
        await UntilAsync(rig, $"select count(*) from channels where id = '{channel}' and status = 'needsReauth' and reason like '%Connect the channel again%'", 1);

        // Entered again it is the same channel, and what waited goes out.
        rig.Account.Behaviour = new SimulatedBehaviour();
        var again = await rig.Get<ChannelService>().ConnectAsync(ann, new ChannelDraft(ChannelKind.Reddit, null, new Dictionary<string, string?> { ["username"] = mailbox.Username, ["refreshToken"] = rig.Account.BusinessAccountId }), CancellationToken.None);
        Assert.Equal((channel, ChannelStatus.Connected), (again.Value.Id, again.Value.Status));
    }

    [Fact]
    public async Task Connecting_says_which_input_is_wrong()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var ann = await rig.GivenOwnerAsync();
        var (_, _, mailbox) = await GivenAsync(rig);
        foreach (var (username, token, field) in new[] { ("somebody_else", rig.Account.BusinessAccountId, "username"), (mailbox.Username, "made-up-token", "refreshToken"), ("x", rig.Account.BusinessAccountId, "username") })
        {
            var wrong = await rig.Get<ChannelService>().ConnectAsync(ann, new ChannelDraft(ChannelKind.Reddit, null, new Dictionary<string, string?> { ["username"] = username, ["refreshToken"] = token }), CancellationToken.None);
            Assert.Equal((field, ErrorCode.AccountNotProved), ((wrong.Refusal as Refusal.Invalid)?.Field, wrong.Refusal?.Code));
        }

        // Another organization cannot take a connected account over.
        var taken = await rig.Get<ChannelService>().ConnectAsync(ann, new ChannelDraft(ChannelKind.Reddit, null, new Dictionary<string, string?> { ["username"] = mailbox.Username, ["refreshToken"] = rig.Account.BusinessAccountId }), CancellationToken.None);
        Assert.IsType<Refusal.Conflict>(taken.Refusal);
    }

    [Fact]
    public async Task A_platform_that_is_away_is_said_in_words_and_taken_back()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel, _) = await GivenAsync(rig);
        await LookNowAsync(rig, channel);
        var test = await rig.Get<ChannelService>().TestAsync(ann, channel, CancellationToken.None);
        Assert.Equal("New messages are fetched from Reddit.", test.Value.Checks.Single(c => c.Name == "poll").Words);

        await rig.Get<ChannelTrouble>().BeginsAsync(ann.OrganizationId, channel, "Reddit answered 503.", CancellationToken.None);
        Assert.Equal("degraded", await rig.TextAsync($"select status from channels where id = '{channel}'"));
        await rig.ExecuteAsync($"update channel_polls set failures = 9, next_at = now() where channel_id = '{channel}'");
        await LookNowAsync(rig, channel);
        Assert.Equal("connected, null, 0", await rig.TextAsync($"select c.status, c.reason, p.failures from channels c join channel_polls p on p.channel_id = c.id where c.id = '{channel}'"));
    }

    private static async Task<(Actor Ann, Guid Channel, RedditMailbox Mailbox)> GivenAsync(SpineServices rig)
    {
        var ann = await rig.GivenOwnerAsync();
        var (channel, mailbox) = await rig.GivenRedditAsync(ann, $"fjord_{Interlocked.Increment(ref _accounts)}");
        return (ann, channel, mailbox);
    }

    /// <summary>Looks once, here and now, and applies what was found.</summary>
    private static async Task LookNowAsync(SpineServices rig, Guid channel)
    {
        await rig.ExecuteAsync($"update channel_polls set next_at = now(), lease_until = null where channel_id = '{channel}'");
        foreach (var claim in await rig.Get<PollStore>().ClaimAsync([ChannelKind.Reddit], 50, CancellationToken.None))
        {
            if (claim.ChannelId == channel)
            {
                await rig.Get<PollWorker>().LookAsync(claim, CancellationToken.None);
            }
        }

        await rig.ApplyAsync();
        Assert.Null(await rig.QueryAsync<string?>($"select error from channel_polls where channel_id = '{channel}'"));
    }

    private static Task LookAsync(SpineServices rig, Actor ann, Guid channel, bool echoes = false) => rig.Get<IChannelPolls>().HurryAsync(ann.OrganizationId, channel, echoes, CancellationToken.None);

    private static Task<Guid> ConversationAsync(SpineServices rig, Guid channel) => rig.QueryAsync<Guid>($"select id from conversations where channel_id = '{channel}'");

    private static Task UntilAsync(SpineServices rig, string sql, long count) =>
        Eventually.HoldsAsync(async () => await rig.QueryAsync<long>(sql) == count, $"{sql} = {count}");
}

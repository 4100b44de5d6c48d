using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Channels.Inbound;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.TikTok;
using Omni.Tests.Support;

namespace Omni.Tests.Channels.TikTok;

/// <summary>TikTok through intake, lanes and sender on a real database, with the simulated platform over HTTP.</summary>
[Trait("Category", "Database")]
public sealed class TikTokSpineTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Person = "Nora+berg/8fK2QmZ0aT==";
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static int _accounts;

    [Fact]
    public async Task A_message_is_answered_its_echo_adds_nothing_and_it_is_read()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await rig.StartWorkersAsync();
        rig.Platform.TikTok.Receive(rig.Account, Person, "nora.berg", Words("Is anybody there?"));
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}' and direction = 'in'", 1);
        Assert.Equal("nora.berg", await rig.TextAsync($"select c.name from contacts c join contact_identities i on i.contact_id = c.id where i.channel_id = '{channel}'"));
        Assert.InRange(await rig.QueryAsync<decimal>($"select extract(epoch from window_until - last_inbound_at) / 3600 from conversations where channel_id = '{channel}'"), 47.9m, 48.1m);

        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Yes, Nora.");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'read' and external_id is not null", 1);
        await rig.Platform.Webhooks.IdleAsync(Ct);
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'out'"));
        Assert.Equal(Person, Assert.Single(rig.Platform.Ledger.Sends).Recipient);
        Assert.Equal("https://omni.example/webhooks/tiktok", rig.Platform.TikTok.CallbackUrl);
    }

    [Theory]
    [InlineData("LostAnswer", 1)]
    [InlineData("ServerErrorWithoutBody", 1)]
    [InlineData("Garbage", 1)]
    public async Task What_became_of_an_unclear_send_is_told_by_its_echo_and_nothing_goes_out_twice(string failure, int sends)
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = Enum.Parse<SimulatedFailure>(failure), Times = 1, Statuses = ["sent"], StatusDelay = TimeSpan.FromMilliseconds(700) };
        await rig.StartWorkersAsync();
        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Did this arrive?");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'unknown'", 1);
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'sent' and external_id is not null", 1);
        Assert.Equal(sends, rig.Platform.Ledger.Sends.Count);
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'out'"));
        Assert.Equal(0L, await rig.QueryAsync<long>($"select count(*) from outbox where message_id = '{reply}'"));
    }

    [Fact]
    public async Task What_became_of_a_lost_send_without_an_echo_is_told_by_the_lists()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.LostAnswer, Times = 1, Statuses = [] };
        await rig.StartWorkersAsync();
        var conversation = await ConversationAsync(rig, channel);
        var (lost, next) = (await rig.ReplyAsync(ann, conversation, "Did this arrive?"), await rig.ReplyAsync(ann, conversation, "And this?"));
        await UntilAsync(rig, $"select count(*) from messages where id = '{lost}' and status = 'unknown'", 1);
        await rig.Get<HistoryWorker>().RunAsync(Ct);
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from channels where id = '{channel}' and history_hint_at is not null and history_due_at between now() and now() + interval '6 seconds'")); // the lists get a moment
        await LookAsync(rig, channel);
        await UntilAsync(rig, $"select count(*) from messages where id in ('{lost}', '{next}') and status = 'sent' and external_id is not null", 2);
        Assert.Equal(["Did this arrive?", "And this?"], rig.Platform.Ledger.Sends.Select(s => s.Text));
        Assert.Equal(2L, await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'out'"));
    }

    [Fact]
    public async Task A_send_that_surely_was_not_taken_is_tried_again_and_goes_out_once()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        await rig.StartWorkersAsync();
        var conversation = await ConversationAsync(rig, channel);
        foreach (var behaviour in new[]
        {
            new SimulatedBehaviour { Failure = SimulatedFailure.TooMany, Times = 1, RetryAfter = TimeSpan.FromSeconds(1) },
            new SimulatedBehaviour { Failure = SimulatedFailure.GraphError, Code = 40100, Times = 1 },
            new SimulatedBehaviour { Failure = SimulatedFailure.ServerErrorWithBody, Times = 1 },
        })
        {
            rig.Account.Behaviour = behaviour;
            var reply = await rig.ReplyAsync(ann, conversation, $"{behaviour.Failure} {behaviour.Code}");
            await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status in ('sent', 'read')", 1);
            Assert.Equal(2L, await rig.QueryAsync<long>($"select count(*) from message_attempts where message_id = '{reply}'"));
        }

        Assert.Equal(3, rig.Platform.Ledger.Sends.Count);
        Assert.Equal(3, rig.Platform.Ledger.Sends.Select(s => s.Text).Distinct().Count());
    }

    [Fact]
    public async Task A_send_that_is_refused_says_why_and_the_next_one_goes_on()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        await rig.StartWorkersAsync();
        var conversation = await ConversationAsync(rig, channel);
        rig.Account.Behaviour = new SimulatedBehaviour { WindowClosed = true };
        var closed = await rig.ReplyAsync(ann, conversation, "too late");
        await UntilAsync(rig, $"select count(*) from messages where id = '{closed}' and status = 'failed' and error_code = '40064' and error_message like '%48 hours%' and not error_retryable", 1);
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.DroppedRequest, Times = 1, Statuses = [] };
        var dropped = await rig.ReplyAsync(ann, conversation, "nobody knows");
        await UntilAsync(rig, $"select count(*) from messages where id = '{dropped}' and status = 'unknown'", 1);
        Assert.Empty(rig.Platform.Ledger.Sends);

        await rig.ExecuteAsync($"update outbox set unknown_until = now() - interval '1 second' where message_id = '{dropped}'");
        var next = await rig.ReplyAsync(ann, conversation, "goes on");
        await UntilAsync(rig, $"select count(*) from messages where id = '{next}' and status = 'sent'", 1);
        Assert.Equal("unknown", await rig.TextAsync($"select status from messages where id = '{dropped}'")); // a person decides
        Assert.Equal("goes on", Assert.Single(rig.Platform.Ledger.Sends).Text);
    }

    [Fact]
    public async Task A_token_that_ended_is_exchanged_and_what_waited_goes_out()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        var grant = rig.Platform.TikTok.GrantOf(rig.Account);
        rig.Platform.TikTok.Give(rig.Account.PhoneNumberId, grant with { Access = "another" }); // the token ended; its refresh token counts
        await rig.StartWorkersAsync();
        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Here I am");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status in ('sent', 'read')", 1);
        Assert.Equal(1, rig.Platform.TikTok.Exchanges);
        Assert.Equal("connected", await rig.TextAsync($"select status from channels where id = '{channel}'"));
        Assert.Single(rig.Platform.Ledger.Sends);
    }

    [Fact]
    public async Task A_permission_that_is_gone_is_not_asked_for_again_and_again()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.GraphError, Code = 40001 };
        await rig.StartWorkersAsync();
        await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Am I allowed?");
        await UntilAsync(rig, $"select count(*) from channels where id = '{channel}' and status = 'needsReauth' and reason like '%permission%'", 1);
        Assert.Equal(1, rig.Platform.TikTok.Exchanges);
        Assert.Empty(rig.Platform.Ledger.Sends);
    }

    [Fact]
    public async Task A_grant_that_is_gone_waits_for_a_person_and_nothing_is_lost()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        rig.Platform.TikTok.Give(rig.Account.PhoneNumberId, new TikTokGrant("another", "another", 7));
        await rig.StartWorkersAsync();
        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Patience");
        await UntilAsync(rig, $"select count(*) from channels where id = '{channel}' and status = 'needsReauth'", 1);
        await ReceiveAsync(rig, "Still there?");
        Assert.Equal(2L, await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'in'"));
        Assert.Empty(rig.Platform.Ledger.Sends);

        var entered = new Dictionary<string, string?> { ["businessId"] = rig.Account.PhoneNumberId, ["accessToken"] = "another", ["refreshToken"] = "another" };
        var again = await rig.Get<ChannelService>().ConnectAsync(ann, new ChannelDraft(ChannelKind.TikTok, null, entered), Ct);
        Assert.Equal(channel, again.Value.Id);
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status in ('sent', 'read')", 1);
        Assert.Single(rig.Platform.Ledger.Sends);
    }

    [Fact]
    public async Task A_token_is_exchanged_once_however_many_nodes_look_and_none_is_lost()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var ann = await rig.GivenOwnerAsync();
        var channel = await rig.GivenBusinessAsync(ann, NewAccount());
        await using var other = await SpineServices.StartAsync(database.ConnectionString, settings: ("Platforms:TikTok:ApiUrl", rig.Server.Url.ToString()));
        rig.Account.Behaviour = new SimulatedBehaviour { Slow = TimeSpan.FromMilliseconds(150) };
        for (var round = 1; round <= 3; round++)
        {
            await Task.WhenAll(new[] { rig, other, rig, other }.Select(node => node.Get<IChannelTokens>().RenewAsync(Ct)));
            Assert.Equal(round, rig.Platform.TikTok.Exchanges);
            await rig.ExecuteAsync($"update channels set token_expires_at = now() + interval '3 hours' where id = '{channel}'");
        }

        Assert.Equal(3L, await rig.QueryAsync<long>($"select count(*) from audit_log where target = 'channel:{channel}' and action = 'channel.tokenRenewed'"));
        rig.Account.Behaviour = new SimulatedBehaviour();
        Assert.True((await other.Get<ChannelService>().TestAsync(ann, channel, Ct)).Value.Checks.Single(c => c.Name == "token").State == CheckState.Ok);
    }

    [Fact]
    public async Task A_delivery_that_says_only_that_somebody_wrote_is_completed_from_the_lists()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (_, channel) = await GivenAsync(rig);
        var now = TimeProvider.System.GetUtcNow();
        rig.Platform.TikTok.Remember(rig.Account, "old", "old.friend", "Long ago", now.AddDays(-2));
        var hint = TikTokDelivery.Write(rig.Account.PhoneNumberId, "im_receive_msg_eu", now, new JsonObject { ["timestamp"] = now.ToUnixTimeMilliseconds(), ["to"] = "fjord.tents" });
        await rig.ReceiveAsync(ChannelKind.TikTok, hint, hint);
        Assert.Equal(0L, await rig.QueryAsync<long>($"select count(*) from contact_identities where channel_id = '{channel}'"));
        await LookAsync(rig, channel); // the lists are behind: nothing yet
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from channels where id = '{channel}' and history_due_at between now() and now() + interval '11 seconds' and history_hint_at is not null"));

        var grant = rig.Platform.TikTok.GrantOf(rig.Account);
        rig.Platform.TikTok.Give(rig.Account.PhoneNumberId, grant with { Access = "another" });
        rig.Platform.TikTok.Remember(rig.Account, Person, "jonas.eu", "Hallo aus Kiel", now);
        await LookAsync(rig, channel); // the token had ended: it is exchanged, and nothing is forgotten
        await LookAsync(rig, channel);
        await rig.ApplyAsync();
        Assert.Equal("in, Hallo aus Kiel, jonas.eu", await rig.TextAsync($"select m.direction, m.text, c.name from messages m join contacts c on c.id = m.contact_id where m.channel_id = '{channel}'"));
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from channels where id = '{channel}' and history_hint_at is null and history_due_at > now() + interval '20 minutes'"));
    }

    [Fact]
    public async Task What_came_while_nobody_listened_is_found_by_the_next_look()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (_, channel) = await GivenAsync(rig);
        await LookAsync(rig, channel);
        await rig.ExecuteAsync($"update channels set history_since = now() - interval '5 hours' where id = '{channel}'"); // the last look, before the program was away
        rig.Platform.TikTok.Remember(rig.Account, Person, "nora.berg", "Nobody took this", TimeProvider.System.GetUtcNow().AddHours(-4));
        rig.Platform.TikTok.Remember(rig.Account, "old", "old.friend", "Long ago", TimeProvider.System.GetUtcNow().AddHours(-6));
        await ReceiveAsync(rig, "I am back");
        await LookAsync(rig, channel);
        await rig.ApplyAsync();
        Assert.Equal("Nobody took this; I am back", await rig.TextAsync($"select text from messages where channel_id = '{channel}' order by position"));
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from channels where id = '{channel}' and history_since > now() - interval '1 minute'"));
    }

    [Fact]
    public async Task Past_messages_are_fetched_once_on_both_sides()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        var now = TimeProvider.System.GetUtcNow();
        rig.Platform.TikTok.Remember(rig.Account, Person, "nora.berg", "Written while you were away", now.AddHours(-2));
        rig.Platform.TikTok.Remember(rig.Account, Person, "nora.berg", "Answered on the phone", now.AddHours(-1), isOut: true);
        rig.Platform.TikTok.Remember(rig.Account, "stranger", "mika", "Never answered", now.AddHours(-3));
        rig.Platform.TikTok.Remember(rig.Account, Person, "nora.berg", "Long ago", now.AddDays(-30));
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(3, (await rig.Get<ChannelHistory>().FetchAsync(ann, channel, Ct)).Value);
            await rig.ApplyAsync();
        }

        Assert.Equal("in, Never answered; in, Written while you were away; out, Answered on the phone", await rig.TextAsync($"select direction, text from messages where channel_id = '{channel}' order by position"));
    }

    [Fact]
    public async Task After_ten_messages_the_customer_must_write_again()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        var conversation = await ConversationAsync(rig, channel);
        for (var i = 1; i <= 10; i++)
        {
            await rig.ReplyAsync(ann, conversation, $"reply {i}");
        }

        var refused = await rig.Get<ReplyService>().ReplyAsync(ann, new ReplyDraft(conversation, OmniId.New()) { Text = "one too many" }, Ct);
        Assert.Equal(ErrorCode.WindowClosed, refused.Refusal?.Code);
        Assert.Contains("at most 10", refused.Refusal?.Message, StringComparison.Ordinal);
        await ReceiveAsync(rig, "Go on");
        await rig.ReplyAsync(ann, conversation, "of course");
    }

    [Fact]
    public async Task A_withdrawn_authorization_is_noticed_and_an_old_one_is_not()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (_, channel) = await GivenAsync(rig);
        byte[] Removed(DateTimeOffset at) => TikTokDelivery.Write(rig.Account.PhoneNumberId, "authorization.removed", at, new JsonObject { ["reason"] = 1 });
        await rig.ReceiveAsync(ChannelKind.TikTok, Removed(TimeProvider.System.GetUtcNow().AddDays(-1)));
        Assert.Equal("connected", await rig.TextAsync($"select status from channels where id = '{channel}'"));
        await rig.ReceiveAsync(ChannelKind.TikTok, Removed(TimeProvider.System.GetUtcNow().AddMinutes(1)));
        Assert.Equal("needsReauth", await rig.TextAsync($"select status from channels where id = '{channel}'"));
    }

    [Fact]
    public async Task Disconnecting_keeps_the_history_and_a_login_brings_the_same_channel_back()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig);
        await ReceiveAsync(rig, "Hello");
        Assert.Null((await rig.Get<ChannelService>().DisconnectAsync(ann, channel, Ct)).Refusal);

        var logins = rig.Get<AccountLogins>();
        var dialog = (await logins.StartAsync(ann, ChannelKind.TikTok, Ct)).Value;
        var state = System.Web.HttpUtility.ParseQueryString(dialog.Query)["state"];
        var code = TikTokSimulator.LoginCode + rig.Account.PhoneNumberId;
        Assert.IsType<Refusal.NotFound>((await logins.FinishAsync(ann with { SessionId = OmniId.New() }, ChannelKind.TikTok, state, code, Ct)).Refusal);
        rig.Platform.TikTok.Scopes = "user.info.basic,message.list.read";
        Assert.IsType<Refusal.Conflict>((await logins.FinishAsync(ann, ChannelKind.TikTok, state, code, Ct)).Refusal);
        rig.Platform.TikTok.Scopes = TikTokSimulator.Granted;
        Assert.IsType<Refusal.NotFound>((await logins.FinishAsync(ann, ChannelKind.TikTok, state, code, Ct)).Refusal); // counts once

        state = System.Web.HttpUtility.ParseQueryString((await logins.StartAsync(ann, ChannelKind.TikTok, Ct)).Value.Query)["state"];
        var back = await logins.FinishAsync(ann, ChannelKind.TikTok, state, code, Ct);
        Assert.Equal((channel, "@fjord.tents", ChannelStatus.Connected), (back.Value.Id, back.Value.DisplayName, back.Value.Status));
        await ReceiveAsync(rig, "Hello again");
        Assert.Equal(2L, await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'in'"));
    }

    [Fact]
    public async Task Pictures_go_out_where_the_platform_allows_them_and_come_in_from_its_own_hosts_only()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (_, channel) = await GivenAsync(rig);
        var adapter = rig.Get<IChannelAdapters>().Find(ChannelKind.TikTok)!;
        var access = new ChannelAccess(rig.Account.PhoneNumberId, new Dictionary<string, string> { ["accessToken"] = rig.Account.AccessToken });
        var picture = new OutboundMessage
        {
            Id = OmniId.New(), Recipients = [Person], ThreadKey = TikTokPayloads.ThreadOf(Person), Type = "image",
            Media = new OutboundMedia("image", "image/png", "a b.png", 3, _ => Task.FromResult<Stream>(new MemoryStream([1, 2, 3]))),
        };
        Assert.IsType<SendOutcome.Accepted>(await adapter.SendAsync(picture, access, Ct));
        rig.Platform.TikTok.NoPictures = true;
        Assert.Equal("IMAGE_SEND", Assert.IsType<SendOutcome.Rejected>(await adapter.SendAsync(picture, access, Ct)).Error.Code);
        Assert.Single(rig.Platform.Ledger.Sends);

        var file = new MediaReference(rig.Platform.AddFile(rig.Account.PhoneNumberId, "image/png", [4, 5, 6]), null, 1 << 20) { Type = "image", MessageId = "m", ThreadKey = "t" };
        await using (var opened = Assert.IsType<MediaOutcome.Opened>(await adapter.DownloadAsync(file, access, Ct)))
        {
            using var content = new MemoryStream();
            await opened.Content.CopyToAsync(content);
            Assert.Equal([4, 5, 6], content.ToArray());
        }

        foreach (var foreign in new[] { "https://example.com/a.webp", "http://p16-sign.tiktokcdn.com/a.webp", "https://tiktokcdn.com.example.com/a", "https://evil@p16.tiktokcdn.com/a", "file:///etc/passwd" })
        {
            Assert.IsType<MediaOutcome.Gone>(await adapter.DownloadAsync(new MediaReference(null, foreign, 1000), access, Ct));
        }

        Assert.IsType<MediaOutcome.Gone>(await adapter.DownloadAsync(file with { Id = "unknown" }, access, Ct));
        Assert.NotEqual(Guid.Empty, channel);
    }

    private static async Task<(Actor Ann, Guid Channel)> GivenAsync(SpineServices rig)
    {
        var ann = await rig.GivenOwnerAsync();
        return (ann, await rig.GivenBusinessAsync(ann, NewAccount()));
    }

    private static string NewAccount() => $"-000Zk3LMd8fK+/lJRzpQ{Interlocked.Increment(ref _accounts):0000}{Guid.NewGuid():N}";

    private static JsonObject Words(string text) => new() { ["type"] = "text", ["text"] = new JsonObject { ["body"] = text } };

    private static async Task LookAsync(SpineServices rig, Guid channel)
    {
        await rig.Get<HistoryWorker>().RunAsync(Ct);
        await rig.ExecuteAsync($"update channels set history_due_at = now() where id = '{channel}'");
        await rig.Get<HistoryWorker>().RunAsync(Ct);
    }

    private static Task ReceiveAsync(SpineServices rig, string text)
    {
        var now = TimeProvider.System.GetUtcNow();
        return rig.ReceiveAsync(ChannelKind.TikTok, TikTokPayloads.OfPerson(rig.Account, Person, "nora.berg", TikTokSimulator.NewId(), Words(text), now));
    }

    private static Task<Guid> ConversationAsync(SpineServices rig, Guid channel) => rig.QueryAsync<Guid>($"select id from conversations where channel_id = '{channel}'");

    private static Task UntilAsync(SpineServices rig, string sql, long count) =>
        Eventually.HoldsAsync(async () => await rig.QueryAsync<long>(sql) == count, $"{sql} = {count}");
}

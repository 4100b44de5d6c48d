using System.Text;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Channels.Meta;

/// <summary>Messenger and Instagram through intake, lanes and sender on a real database, with the simulated platform over HTTP.</summary>
[Trait("Category", "Database")]
public sealed class DirectSpineTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Person = "24000000000000077";
    private static long _accounts = 700100200310000;

    [Theory]
    [InlineData(ChannelKind.Messenger)]
    [InlineData(ChannelKind.Instagram)]
    public async Task A_message_is_answered_and_its_echo_adds_nothing(ChannelKind kind)
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig, kind);
        rig.Platform.Direct.Know(Person, "Nora Berg");
        await rig.StartWorkersAsync();
        rig.Platform.Direct.Receive(rig.Account, Person, "message", new JsonObject { ["text"] = "Is anybody there?" });
        await UntilAsync(rig, $"select count(*) from messages where channel_id = '{channel}' and direction = 'in'", 1);
        await UntilAsync(rig, $"select count(*) from contacts c join contact_identities i on i.contact_id = c.id where i.channel_id = '{channel}' and c.name = 'Nora Berg'", 1);

        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Yes, Nora.");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'read' and external_id is not null", 1);
        await rig.Platform.Webhooks.IdleAsync(CancellationToken.None);
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'out'"));
        Assert.Single(rig.Platform.Ledger.Sends);
        Assert.True(rig.Account.Subscribed);
    }

    [Theory]
    [InlineData(ChannelKind.Messenger)]
    [InlineData(ChannelKind.Instagram)]
    public async Task A_lost_answer_is_cleared_up_by_the_echo_and_nothing_goes_out_twice(ChannelKind kind)
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig, kind);
        await rig.ReceiveAsync(kind, Delivery(rig.Account, "m.lost", "Hello"));
        rig.Account.Behaviour = new SimulatedBehaviour { Failure = SimulatedFailure.LostAnswer, Times = 1, Statuses = ["sent"], StatusDelay = TimeSpan.FromMilliseconds(700) };
        await rig.StartWorkersAsync();
        var reply = await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Did this arrive?");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'unknown'", 1);
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status = 'sent' and external_id is not null", 1);
        Assert.Single(rig.Platform.Ledger.Sends);
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'out'"));
        Assert.Equal(0L, await rig.QueryAsync<long>($"select count(*) from outbox where message_id = '{reply}'"));
    }

    [Theory]
    [InlineData(ChannelKind.Messenger)]
    [InlineData(ChannelKind.Instagram)]
    public async Task What_was_typed_in_the_platforms_own_app_appears_once_as_outgoing(ChannelKind kind)
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (_, channel) = await GivenAsync(rig, kind);
        var echo = Item(rig.Account, rig.Account.PhoneNumberId, Person, "message", new JsonObject { ["mid"] = "m.app", ["text"] = "From my phone", ["is_echo"] = true });
        await rig.ReceiveAsync(kind, Delivery(rig.Account, "m.first", "Hello"), echo, echo);
        Assert.Equal("out, sent, From my phone", await rig.TextAsync($"select direction, status, text from messages where channel_id = '{channel}' and external_id = 'm.app'"));
    }

    [Fact]
    public async Task A_delivery_at_another_platforms_address_is_refused_and_not_stored()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        await GivenAsync(rig, ChannelKind.Messenger);
        var body = Delivery(rig.Account, "m.foreign", "Hello");
        foreach (var kind in new[] { ChannelKind.WhatsApp, ChannelKind.Instagram })
        {
            Assert.IsType<Refusal.Unauthenticated>((await rig.PostAsync(body, kind: kind)).Refusal);
        }

        Assert.Equal(0L, await rig.QueryAsync<long>($"select count(*) from inbound_queue where account_id = '{rig.Account.PhoneNumberId}'"));
        Assert.Null((await rig.PostAsync(body, kind: ChannelKind.Messenger)).Refusal);
    }

    [Fact]
    public async Task A_tap_before_any_message_opens_the_conversation_and_the_window()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig, ChannelKind.Messenger);
        var tap = Item(rig.Account, Person, rig.Account.PhoneNumberId, "postback", new JsonObject { ["title"] = "Opening hours", ["payload"] = "HOURS" });
        await rig.ReceiveAsync(ChannelKind.Messenger, tap, tap);
        Assert.Equal("interactive, Opening hours", await rig.TextAsync($"select type, text from messages where channel_id = '{channel}'"));
        await rig.ReplyAsync(ann, await ConversationAsync(rig, channel), "Until eight.");
    }

    [Fact]
    public async Task Reports_up_to_a_moment_move_what_was_sent_before_it_and_nothing_else()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig, ChannelKind.Messenger);
        await rig.ReceiveAsync(ChannelKind.Messenger, Delivery(rig.Account, "m.w1", "Hello"));
        rig.Account.Behaviour = new SimulatedBehaviour { Statuses = [] };
        await rig.StartWorkersAsync();
        var conversation = await ConversationAsync(rig, channel);
        var first = await rig.ReplyAsync(ann, conversation, "one");
        await UntilAsync(rig, $"select count(*) from messages where id = '{first}' and status = 'sent'", 1);
        var between = await rig.QueryAsync<long>($"select position from messages where id = '{first}'");
        await Eventually.HoldsAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > between), "a millisecond has passed");
        var second = await rig.ReplyAsync(ann, conversation, "two");
        await UntilAsync(rig, $"select count(*) from messages where id = '{second}' and status = 'sent'", 1);

        Assert.Null((await rig.PostAsync(Item(rig.Account, Person, rig.Account.PhoneNumberId, "read", new JsonObject { ["watermark"] = between }), kind: ChannelKind.Messenger)).Refusal);
        await UntilAsync(rig, $"select count(*) from messages where id = '{first}' and status = 'read'", 1);
        Assert.Equal("sent", await rig.TextAsync($"select status from messages where id = '{second}'"));
    }

    [Fact]
    public async Task Past_messages_are_fetched_once()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig, ChannelKind.Messenger);
        var page = rig.Account.PhoneNumberId;
        var now = TimeProvider.System.GetUtcNow();
        rig.Platform.Direct.Remember(rig.Account, Person, page, "m.past1", "Written while you were away", now.AddHours(-2));
        rig.Platform.Direct.Remember(rig.Account, page, Person, "m.past2", "Answered on the phone", now.AddHours(-1));
        rig.Platform.Direct.Remember(rig.Account, Person, page, "m.old", "Long ago", now.AddDays(-30));
        for (var round = 0; round < 2; round++)
        {
            var fetched = await rig.Get<ChannelHistory>().FetchAsync(ann, channel, CancellationToken.None);
            Assert.True(fetched.Refusal is null, fetched.Refusal?.Message);
            await rig.ApplyAsync();
        }

        Assert.Equal("in, Written while you were away; out, Answered on the phone", await rig.TextAsync($"select direction, text from messages where channel_id = '{channel}' order by position"));
        Assert.IsType<Refusal.Forbidden>((await rig.Get<ChannelHistory>().FetchAsync(ann with { Role = Core.Tenancy.MemberRole.Agent }, channel, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task A_token_that_ends_is_exchanged_once_however_many_nodes_look()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var ann = await rig.GivenOwnerAsync();
        var account = NewAccount();
        var channel = await rig.GivenPageAsync(ann, ChannelKind.Instagram, account, "login");
        var before = rig.Platform.Direct.Renewals;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rig.Get<IChannelTokens>().RenewAsync(CancellationToken.None)));
        Assert.Equal(before + 1, rig.Platform.Direct.Renewals);
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from channels where id = '{channel}' and token_expires_at > now() + interval '50 days'"));
        Assert.Equal(1L, await rig.QueryAsync<long>($"select count(*) from audit_log where target = 'channel:{channel}' and action = 'channel.tokenRenewed'"));
    }

    [Fact]
    public async Task A_person_may_answer_later_where_the_platform_grants_it()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var (ann, channel) = await GivenAsync(rig, ChannelKind.Messenger);
        await rig.Get<ChannelService>().UpdateAsync(ann, channel, new ChannelPatch(Settings: new JsonObject { ["humanAgent"] = true }), CancellationToken.None);
        await rig.ReceiveAsync(ChannelKind.Messenger, Delivery(rig.Account, "m.late", "Hello", TimeProvider.System.GetUtcNow().AddDays(-2)));
        rig.Account.Behaviour = new SimulatedBehaviour { WindowClosed = true };
        var conversation = await ConversationAsync(rig, channel);
        var program = await rig.Get<Core.Inbox.ReplyService>().ReplyAsync(ann with { ByToken = true }, new Core.Inbox.ReplyDraft(conversation, OmniId.New()) { Text = "automatic" }, CancellationToken.None);
        Assert.Equal(ErrorCode.WindowClosed, program.Refusal?.Code);

        await rig.StartWorkersAsync();
        var reply = await rig.ReplyAsync(ann, conversation, "Sorry for the wait.");
        await UntilAsync(rig, $"select count(*) from messages where id = '{reply}' and status in ('sent', 'delivered', 'read')", 1);
    }

    private static async Task<(Actor Ann, Guid Channel)> GivenAsync(SpineServices rig, ChannelKind kind)
    {
        var ann = await rig.GivenOwnerAsync();
        return (ann, await rig.GivenPageAsync(ann, kind, NewAccount()));
    }

    private static string NewAccount() => Interlocked.Increment(ref _accounts).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Task<Guid> ConversationAsync(SpineServices rig, Guid channel) => rig.QueryAsync<Guid>($"select id from conversations where channel_id = '{channel}'");

    private static Task UntilAsync(SpineServices rig, string sql, long count) =>
        Eventually.HoldsAsync(async () => await rig.QueryAsync<long>(sql) == count, $"{sql} = {count}");

    private static byte[] Delivery(SimulatedAccount account, string id, string text, DateTimeOffset? at = null) =>
        Item(account, Person, account.PhoneNumberId, "message", new JsonObject { ["mid"] = id, ["text"] = text }, at);

    private static byte[] Item(SimulatedAccount account, string sender, string recipient, string member, JsonObject content, DateTimeOffset? at = null) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["object"] = account.Kind == ChannelKind.Instagram ? "instagram" : "page",
        ["entry"] = new JsonArray(new JsonObject
        {
            ["id"] = account.PhoneNumberId,
            ["messaging"] = new JsonArray(new JsonObject
            {
                ["sender"] = new JsonObject { ["id"] = sender },
                ["recipient"] = new JsonObject { ["id"] = recipient },
                ["timestamp"] = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds(),
                [member] = content,
            }),
        }),
    }.ToJsonString());
}

using Omni.Core.Channels;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>What becomes of a send, row by row of the table, against the ledger of what the platform really took.</summary>
[Trait("Category", "Database")]
public sealed class SendingTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private SpineServices _rig = null!;
    private Actor _ann = null!;
    private Guid _channel;
    private Guid _conversation;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _rig = await SpineServices.StartAsync(_database.ConnectionString, null, ("Omni:Sending:UnknownSeconds", "3"));
        _ann = await _rig.GivenOwnerAsync();
        _channel = await _rig.GivenNumberAsync(_ann, Number);
        await _rig.ReceiveAsync(Of(Text("m0", "question")));
        _conversation = await _rig.QueryAsync<Guid>("select id from conversations");
        await _rig.StartWorkersAsync();
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Accepted_becomes_sent_and_then_read()
    {
        var message = await SendAsync("hello");

        await BecomesAsync(message, "read");
        Assert.Equal(["hello"], Taken());
        Assert.Equal("1, accepted", await AttemptsAsync(message));
        Assert.Equal("0, read", await _rig.TextAsync("select (select count(*) from outbox), last_message_status from conversations"));
    }

    [Fact]
    public async Task Too_many_waits_as_long_as_asked_and_goes_on()
    {
        _rig.Account.Behaviour = new() { Failure = SimulatedFailure.TooMany, Times = 1, RetryAfter = TimeSpan.FromSeconds(2) };
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var message = await SendAsync("hello");

        await BecomesAsync(message, "read");
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(2), $"only {clock.Elapsed}");
        Assert.Equal(["hello"], Taken());
        Assert.Equal("1, retry; 2, accepted", await AttemptsAsync(message));
    }

    [Theory, InlineData(SimulatedFailure.GraphError, 131016), InlineData(SimulatedFailure.ServerErrorWithBody, 131016)]
    public async Task A_passing_error_is_tried_again_and_later_messages_wait_for_it(object failure, int code)
    {
        _rig.Account.Behaviour = new() { Failure = (SimulatedFailure)failure, Code = code, Times = 2 };

        var first = await SendAsync("one");
        var last = await SendAsync("two");

        await BecomesAsync(last, "read");
        await BecomesAsync(first, "read");
        Assert.Equal(["one", "two"], Taken());
        Assert.Equal("1, retry; 2, retry; 3, accepted", await AttemptsAsync(first));
    }

    [Fact]
    public async Task A_lasting_error_fails_the_message_and_lets_the_next_go()
    {
        _rig.Account.Behaviour = new() { Failure = SimulatedFailure.GraphError, Code = 131051, Times = 1 };

        var first = await SendAsync("one");
        var last = await SendAsync("two");

        await BecomesAsync(last, "read");
        Assert.Equal("failed, 131051, True", await _rig.TextAsync($"select status, error_code, length(error_message) > 10 from messages where id = '{first}'"));
        Assert.Equal(["two"], Taken());
        Assert.Equal("1, rejected", await AttemptsAsync(first));
    }

    [Theory]
    [InlineData(SimulatedFailure.ServerErrorWithoutBody)]
    [InlineData(SimulatedFailure.LostAnswer)]
    [InlineData(SimulatedFailure.Garbage)]
    public async Task A_lost_answer_is_reconciled_by_the_platforms_states_and_never_sent_again(object failure)
    {
        _rig.Account.Behaviour = new() { Failure = (SimulatedFailure)failure, Times = 1, StatusDelay = TimeSpan.FromMilliseconds(400) };

        var first = await SendAsync("one");
        var last = await SendAsync("two");

        await BecomesAsync(last, "read");
        await BecomesAsync(first, "read");
        Assert.Equal(["one", "two"], Taken());
        Assert.Equal("1, accepted", await AttemptsAsync(first));
    }

    [Theory, InlineData(SimulatedFailure.LostAnswer), InlineData(SimulatedFailure.DroppedRequest)]
    public async Task What_nobody_confirms_stays_unknown_and_holds_up_the_others_for_a_while_only(object failure)
    {
        _rig.Account.Behaviour = new() { Failure = (SimulatedFailure)failure, Times = 1, Statuses = [] };

        var first = await SendAsync("one");
        var last = await SendAsync("two");

        await BecomesAsync(first, "unknown");
        Assert.Equal("queued", await _rig.TextAsync($"select status from messages where id = '{last}'"));
        await BecomesAsync(last, "sent");
        Assert.Equal("unknown", await _rig.TextAsync($"select status from messages where id = '{first}'"));
        Assert.Equal((SimulatedFailure)failure == SimulatedFailure.LostAnswer ? ["one", "two"] : ["two"], Taken());
        Assert.Equal("1, unknown", await AttemptsAsync(first));

        Assert.IsType<Omni.Core.Common.Refusal.Conflict>((await _rig.Get<ReplyService>().RetryAsync(_ann, first, evenIfUnknown: false, default)).Refusal);
        Assert.Null((await _rig.Get<ReplyService>().RetryAsync(_ann, first, evenIfUnknown: true, default)).Refusal);
        await BecomesAsync(first, "sent");
        Assert.Equal("1, unknown; 2, accepted", await AttemptsAsync(first));
    }

    [Fact]
    public async Task An_expired_token_stops_the_channel_and_a_new_one_sends_what_waited()
    {
        _rig.Account.Behaviour = new() { TokenExpired = true };

        var first = await SendAsync("one");
        var last = await SendAsync("two");

        await Eventually.HoldsAsync(async () => await _rig.TextAsync("select status from channels") == "needsReauth", "the channel waits for a new token");
        await BecomesAsync(first, "queued");
        await BecomesAsync(last, "queued");
        await _rig.ReceiveAsync(Of(Text("m1", "still there?"))); // a dead token keeps nothing from coming in
        _rig.Account.Behaviour = new();
        var renewed = await _rig.Get<ChannelService>().UpdateAsync(
            _ann, _channel, new ChannelPatch(Credentials: new Dictionary<string, string?> { ["accessToken"] = $"token-of-{Number}" }), default);
        Assert.True(renewed.Refusal is null, renewed.Refusal?.Message);

        await BecomesAsync(last, "read");
        await BecomesAsync(first, "read");
        Assert.Equal(["one", "two"], Taken());
    }

    [Fact]
    public async Task A_failed_message_is_sent_again_under_its_own_id_on_request()
    {
        _rig.Account.Behaviour = new() { Failure = SimulatedFailure.GraphError, Code = 131051, Times = 1 };
        var message = await SendAsync("one");
        await BecomesAsync(message, "failed");

        Assert.Equal(message, (await _rig.Get<ReplyService>().RetryAsync(_ann, message, evenIfUnknown: false, default)).Value);

        await BecomesAsync(message, "read");
        Assert.Equal("1, rejected; 2, accepted", await AttemptsAsync(message));
        Assert.Equal("2", await _rig.TextAsync("select count(*) from messages where kind = 'message'"));
        Assert.Equal(["one"], Taken());
    }

    [Fact]
    public async Task What_a_node_takes_whose_clock_is_ahead_does_not_wait_for_the_other_clocks()
    {
        await using var ahead = await SpineServices.StartAsync(_database.ConnectionString, new HourAhead());

        var message = await ahead.ReplyAsync(_ann, _conversation, "answer");
        Assert.Null((await ahead.PostAsync(Of(Text("m-ahead", "and one more")))).Refusal);

        await BecomesAsync(message, "read");
        await Eventually.HoldsAsync(async () => await _rig.TextAsync("select text from messages where external_id = 'm-ahead'") == "and one more", "the message is applied", TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Many_replies_in_many_conversations_keep_their_order()
    {
        foreach (var person in Enumerable.Range(0, 8))
        {
            await _rig.PostAsync(Of(Text($"q{person}", "question", from: $"479{person}")));
        }

        await Eventually.HoldsAsync(async () => await _rig.QueryAsync<long>("select count(*) from conversations") == 9, "everybody's question is here");
        var conversations = (await _rig.RowsAsync("select id from conversations")).ConvertAll(r => (Guid)r[0]!);
        _rig.Account.Behaviour = new() { Failure = SimulatedFailure.ServerErrorWithBody, Code = 131016, Times = 10, Copies = 2, Reorder = true };

        await Task.WhenAll(conversations.Select(async c =>
        {
            for (var i = 0; i < 10; i++)
            {
                await SendAsync($"{i}", c);
            }
        }));

        await Eventually.HoldsAsync(async () => await _rig.QueryAsync<long>("select count(*) from messages where direction = 'out' and status = 'read'") == 90, "all are read", TimeSpan.FromSeconds(60));
        var sends = _rig.Platform.Ledger.Sends;
        Assert.Equal(90, sends.Select(s => s.ClientReference).Distinct().Count());
        Assert.Equal(90, sends.Count);
        Assert.All(sends.GroupBy(s => s.Recipient), g => Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), g.Select(s => s.Text!)));
    }

    private Task<Guid> SendAsync(string text, Guid? conversation = null) => _rig.ReplyAsync(_ann, conversation ?? _conversation, text);

    private Task BecomesAsync(Guid message, string status) => Eventually.HoldsAsync(
        async () => await _rig.TextAsync($"select status from messages where id = '{message}'") == status, $"the message becomes {status}", TimeSpan.FromSeconds(20));

    private Task<string> AttemptsAsync(Guid message) => _rig.TextAsync($"select number, outcome from message_attempts where message_id = '{message}' order by number");

    private List<string> Taken() => [.. _rig.Platform.Ledger.Sends.Select(s => s.Text!)];

    private sealed class HourAhead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
    }
}

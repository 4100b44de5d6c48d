using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Channels.Sending;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>What platforms tell about messages that are here, and about those that are not here yet.</summary>
[Trait("Category", "Database")]
public sealed class InboundUpdateTests : IAsyncLifetime
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

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_edit_that_came_before_its_message_is_applied_to_it(bool together)
    {
        await ReceiveAsync(together, Of(Edit("x1", "m1", "tomorrow", at: Now.AddSeconds(5))), Of(Text("m1", "today")));

        Assert.Equal("tomorrow, True, tomorrow", await _rig.TextAsync("select m.text, m.edited_at is not null, c.last_message_preview from messages m join conversations c on c.id = m.conversation_id"));
        Assert.Equal(0, await _rig.QueryAsync<long>("select count(*) from pending_updates"));
    }

    [Fact]
    public async Task The_newest_edit_counts_in_whatever_order_they_come()
    {
        await _rig.ReceiveAsync(Of(Text("m1", "a")), Of(Edit("x2", "m1", "c", at: Now.AddSeconds(9))), Of(Edit("x1", "m1", "b", at: Now.AddSeconds(5))));

        Assert.Equal("c", await _rig.TextAsync("select text from messages"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_message_that_was_taken_back_before_it_came_shows_no_words(bool together)
    {
        await ReceiveAsync(together, Of(Revoke("x1", "m1")), Of(Text("m1", "secret")));

        Assert.Equal("null, True, Message taken back", await _rig.TextAsync("select m.text, m.deleted_at is not null, c.last_message_preview from messages m join conversations c on c.id = m.conversation_id"));
    }

    [Fact]
    public async Task An_edit_after_the_taking_back_brings_nothing_back()
    {
        await _rig.ReceiveAsync(Of(Text("m1", "secret")), Of(Revoke("x1", "m1")), Of(Edit("x2", "m1", "secret again", at: Now.AddSeconds(9))));

        Assert.Equal("null", await _rig.TextAsync("select text from messages"));
    }

    [Fact]
    public async Task A_reaction_that_was_removed_does_not_come_back_with_a_repeat_of_its_setting()
    {
        await _rig.ReceiveAsync(
            Of(Text("m1", "hi")),
            Of(React("x2", "m1", null, at: Now.AddSeconds(9))), Of(React("x1", "m1", "👍", at: Now.AddSeconds(5))), Of(React("x1", "m1", "👍", at: Now.AddSeconds(5))));

        var conversation = await _rig.QueryAsync<Guid>("select id from conversations");
        var page = await _rig.Get<IInboxReader>().MessagesAsync(_ann, conversation, null, null, 10, default);
        Assert.Empty(page.Value.Rows[0].Reactions);
    }

    [Fact]
    public async Task States_only_move_forward()
    {
        await GivenSentAsync("w1");

        await _rig.ReceiveAsync(Status("w1", "read"), Status("w1", "delivered"), Status("w1", "sent"), Status("w1", "failed"));

        Assert.Equal("read, null, read", await _rig.TextAsync("select m.status, m.error_code, c.last_message_status from messages m join conversations c on c.id = m.conversation_id where direction = 'out'"));
    }

    [Theory, InlineData("delivered"), InlineData("read")]
    public async Task What_arrived_wins_over_failed(string status)
    {
        await GivenSentAsync("w1");

        await _rig.ReceiveAsync(Status("w1", "failed"));
        Assert.Equal("failed, 131026", await _rig.TextAsync("select status, error_code from messages where direction = 'out'"));
        await _rig.ReceiveAsync(Status("w1", status));

        Assert.Equal($"{status}, null", await _rig.TextAsync("select status, error_code from messages where direction = 'out'"));
    }

    [Fact]
    public async Task A_state_that_came_before_our_record_is_applied_once_the_message_has_its_id()
    {
        var message = await GivenSentAsync(null);
        await _rig.ReceiveAsync(Status("w1", "delivered"));
        Assert.Equal(1, await _rig.QueryAsync<long>("select count(*) from pending_updates"));

        await _rig.ExecuteAsync($"update messages set external_id = 'w1' where id = '{message}'");
        await _rig.Get<EarlyUpdates>().SweepAsync(default);

        Assert.Equal("delivered, 0", await _rig.TextAsync("select status, (select count(*) from pending_updates) from messages where direction = 'out'"));
    }

    [Fact]
    public async Task A_repeated_failure_of_an_earlier_attempt_does_not_touch_the_later_one()
    {
        var message = await GivenSentAsync("w1");
        await _rig.ReceiveAsync(Status("w1", "failed", reference: message.ToString("N")));
        await _rig.ExecuteAsync($"update messages set status = 'sending' where id = '{message}'"); // pressed Retry
        await _rig.ReceiveAsync(Status("w1", "failed", reference: message.ToString("N")));
        Assert.Equal("sending", await _rig.TextAsync("select status from messages where direction = 'out'"));

        await _rig.ReceiveAsync(Status("w2", "sent", reference: message.ToString("N")), Status("w1", "failed", reference: message.ToString("N")));

        Assert.Equal("sent, w2", await _rig.TextAsync("select status, external_id from messages where direction = 'out'"));
    }

    [Fact]
    public async Task A_state_with_our_reference_settles_a_message_whose_answer_was_lost()
    {
        var message = await GivenSentAsync(null, "unknown");
        await _rig.ExecuteAsync($"""
            insert into outbox (organization_id, message_id, conversation_id, channel_id, seq, priority, is_head, not_before, lease_version, attempting, unknown_until, attempts, created_at)
              select organization_id, id, conversation_id, channel_id, seq, 10, true, now(), 1, false, now() + interval '1 minute', 1, now() from messages where id = '{message}'
            """);

        await _rig.ReceiveAsync(Status("w9", "delivered", reference: message.ToString("N")));

        Assert.Equal("delivered, w9, 0", await _rig.TextAsync("select status, external_id, (select count(*) from outbox) from messages where direction = 'out'"));
    }

    [Fact]
    public async Task A_state_of_another_channels_message_changes_nothing()
    {
        var bo = await _rig.GivenOwnerAsync("Gipfel");
        await _rig.GivenNumberAsync(bo, "700999");
        var message = await GivenSentAsync("w1");

        await _rig.ReceiveAsync(Status("w1", "failed", reference: message.ToString("N"), number: "700999"));

        Assert.Equal("sent", await _rig.TextAsync("select status from messages where direction = 'out'"));
    }

    private Task ReceiveAsync(bool together, params byte[][] bodies) => together ? TogetherAsync(bodies) : _rig.ReceiveAsync(bodies);

    private async Task TogetherAsync(byte[][] bodies)
    {
        foreach (var body in bodies)
        {
            Assert.Null((await _rig.PostAsync(body)).Refusal);
        }

        await _rig.ApplyAsync();
    }

    /// <summary>A conversation with one outgoing message, as the sender leaves it.</summary>
    private async Task<Guid> GivenSentAsync(string? externalId, string status = "sent")
    {
        await _rig.ReceiveAsync(Of(Text("m0", "question", at: Now.AddMinutes(-1))));
        var message = await _rig.ReplyAsync(_ann, await _rig.QueryAsync<Guid>("select id from conversations"), "answer");
        await _rig.ExecuteAsync("delete from outbox");
        await _rig.ExecuteAsync($"update messages set status = '{status}', external_id = {(externalId is null ? "null" : $"'{externalId}'")} where id = '{message}'");
        await _rig.ExecuteAsync($"update conversations set last_message_status = '{status}'");
        return message;
    }
}

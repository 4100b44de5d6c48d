using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Core.Notifications;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Notifications;
using Omni.Tests.Support;

namespace Omni.Tests.Notifications;

/// <summary>Who is told what, once.</summary>
[Trait("Category", "Database")]
public sealed class NotificationProducerTests : IAsyncLifetime
{
    private NotificationRig _rig = null!;

    public async Task InitializeAsync() => _rig = await NotificationRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Assignment_messages_and_mentions_tell_the_person_concerned_and_nobody_else()
    {
        var conversation = await _rig.WriteAsync("Is that covered?");
        await _rig.AssignAsync(_rig.Ann, conversation, _rig.Bo);
        await _rig.UntilToldAsync(_rig.Bo, "assigned");
        await _rig.WriteAsync("Hello?");
        await _rig.UntilToldAsync(_rig.Bo, "assigned; message");
        await _rig.NoteAsync(_rig.Ann, conversation, "@Bo Dahl please look", _rig.Bo, _rig.Ann);
        await _rig.NoteAsync(_rig.Ann, conversation, "Nobody in particular");

        await _rig.UntilToldAsync(_rig.Bo, "assigned; message; mention");
        Assert.Equal("", await _rig.ToldAsync(_rig.Ann)); // neither of her own note nor of what others have to do

        var page = await _rig.Node.Get<INotifications>().ListAsync(_rig.Bo, unreadOnly: true, null, 50, default);
        Assert.Equal(
            ["Ann Berg mentioned you: @Bo Dahl please look", "Leila Haddad: Hello?", "Ann Berg assigned Leila Haddad to you: "],
            page.Value.Rows.Select(n => $"{n.Title}: {n.Text}"));
        var note = await _rig.Node.QueryAsync<Guid>("select id from messages where kind = 'note' order by seq limit 1");
        Assert.Equal($"/inbox/all/{conversation}?message={note}", page.Value.Rows[0].Href);
    }

    [Fact]
    public async Task What_a_person_did_themselves_tells_them_nothing()
    {
        var conversation = await _rig.WriteAsync("Anybody?");
        await _rig.AssignAsync(_rig.Bo, conversation, _rig.Bo);
        await _rig.NoteAsync(_rig.Bo, conversation, "@Bo Dahl do not forget", _rig.Bo);
        await _rig.SettleAsync();

        Assert.Equal("", await _rig.ToldAsync(_rig.Bo));
    }

    [Fact]
    public async Task New_conversations_of_nobody_are_told_only_to_those_who_want_it()
    {
        await _rig.SettingsAsync(_rig.Ann, new NotificationSettings().With(NotificationKind.Unassigned, new NotificationWays(InApp: true, Sound: false, Push: false, Email: false)));

        await _rig.WriteAsync("First");

        await _rig.UntilToldAsync(_rig.Ann, "unassigned");
        Assert.Equal("", await _rig.ToldAsync(_rig.Bo));
    }

    [Fact]
    public async Task A_failed_send_tells_its_author_again_after_another_try()
    {
        var conversation = await _rig.WriteAsync("question");
        _rig.Node.Account.Behaviour = new() { Failure = SimulatedFailure.GraphError, Code = 131026 };
        await _rig.Node.StartWorkersAsync();

        var message = await _rig.Node.ReplyAsync(_rig.Bo, conversation, "answer");
        await _rig.UntilToldAsync(_rig.Bo, "failed");
        Assert.True((await _rig.Node.Get<ReplyService>().RetryAsync(_rig.Bo, message, evenIfUnknown: true, default)).Refusal is null);

        await _rig.UntilToldAsync(_rig.Bo, "failed; failed");
        var page = await _rig.Node.Get<INotifications>().ListAsync(_rig.Bo, unreadOnly: true, null, 50, default);
        Assert.All(page.Value.Rows, n => Assert.Equal("Your message to Leila Haddad was not sent", n.Title));
    }

    [Fact]
    public async Task A_channel_in_trouble_is_told_once_until_it_works_again()
    {
        await ChannelAsync(ChannelStatus.NeedsReauth);
        await _rig.UntilToldAsync(_rig.Ann, "channel");
        await ChannelAsync(ChannelStatus.NeedsReauth); // it says so with every try
        await ChannelAsync(ChannelStatus.Connected);
        await ChannelAsync(ChannelStatus.NeedsReauth);

        await _rig.UntilToldAsync(_rig.Ann, "channel; channel");
        Assert.Equal("", await _rig.ToldAsync(_rig.Bo)); // who cannot mend it
        Assert.Equal("1", await _rig.Node.TextAsync("select count(*) from notifications where read_at is null"));
    }

    [Fact]
    public async Task Two_nodes_and_a_restart_tell_once_and_skip_nothing()
    {
        await using var other = await _rig.StartNodeAsync();
        var conversation = await _rig.WriteAsync("question");
        await _rig.AssignAsync(_rig.Ann, conversation, _rig.Bo);
        await _rig.UntilToldAsync(_rig.Bo, "assigned");
        Assert.False(await other.Get<NotificationFeed>().LookAsync(default)); // the first one reads

        await _rig.Feed.StopAsync(default);
        await _rig.WriteAsync("while nobody read the feed");
        var same = await SameAsync(conversation);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => other.Get<NotificationProducer>().ProduceAsync(same, default)));
        await Eventually.HoldsAsync(
            async () =>
            {
                await other.Get<NotificationFeed>().LookAsync(default);
                return await _rig.ToldAsync(_rig.Bo) == "assigned; message";
            },
            "the other node goes on where the first one was");
    }

    [Fact]
    public async Task Reading_the_conversation_reads_what_was_told_of_it()
    {
        var conversation = await _rig.WriteAsync("question");
        await _rig.AssignAsync(_rig.Ann, conversation, _rig.Bo);
        await _rig.WriteAsync("more");
        await _rig.UntilToldAsync(_rig.Bo, "assigned; message");
        var notifications = _rig.Node.Get<INotifications>();
        Assert.Equal(2, await notifications.CountAsync(_rig.Bo, default));
        var heard = new TaskCompletionSource();
        using var listening = _rig.Node.Get<IEventBus>().Subscribe(_rig.Bo.OrganizationId, ChangeEvent.User(_rig.Bo.UserId), change =>
        {
            _ = change.Name == EventNames.NotificationRead && heard.TrySetResult();
            return default;
        });

        await _rig.Node.Get<IInboxMarks>().ReadAsync(_rig.Bo, conversation, int.MaxValue, backwards: false, default);

        Assert.Equal(0, await notifications.CountAsync(_rig.Bo, default));
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(2, (await notifications.ListAsync(_rig.Bo, unreadOnly: false, null, 50, default)).Value.Rows.Count);
    }

    [Fact]
    public async Task Ways_and_quiet_hours_decide_what_rings()
    {
        var conversation = await _rig.WriteAsync("question");
        await _rig.AssignAsync(_rig.Ann, conversation, _rig.Bo);
        await _rig.UntilToldAsync(_rig.Bo, "assigned");
        var now = TimeOnly.FromDateTime(_rig.Clock.GetUtcNow().UtcDateTime);
        await _rig.SettingsAsync(_rig.Bo, new NotificationSettings { QuietHours = new QuietHours(now.AddHours(-1), now.AddHours(1), "UTC") });
        await _rig.WriteAsync("in the night");
        await _rig.UntilToldAsync(_rig.Bo, "assigned; message");
        _rig.Clock.Advance(TimeSpan.FromHours(2));
        await _rig.WriteAsync("in the morning");
        await _rig.UntilToldAsync(_rig.Bo, "assigned; message; message");
        await _rig.SettingsAsync(_rig.Bo, new NotificationSettings().With(NotificationKind.Message, new NotificationWays(InApp: false, Sound: true, Push: false, Email: false)));
        await _rig.WriteAsync("by no way");
        await _rig.SettleAsync();

        Assert.Equal("assigned; message; message", await _rig.ToldAsync(_rig.Bo));
        Assert.Equal("true; false; true", await _rig.Node.TextAsync(
            $"select data ->> 'sound' from change_events where name = 'notification.created' and subject = 'user:{_rig.Bo.UserId}' and data ->> 'kind' <> 'mention' order by xid, id"));
    }

    private async Task ChannelAsync(ChannelStatus status)
    {
        await using var db = await _rig.Node.Get<IOmniDbFactory>().OpenAsync(_rig.Ann.OrganizationId, default);
        var channel = await db.Channels.SingleAsync(c => c.Id == _rig.Channel);
        channel.Judge(status, status == ChannelStatus.Connected ? null : "The token no longer counts.", db, _rig.Clock.GetUtcNow());
        await db.CommitAsync(default);
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await _rig.Feed.LookAsync(default);
    }

    // The events of the assignment once more, as after a crash before the place was saved.
    private async Task<ChangeEvent[]> SameAsync(Guid conversation)
    {
        var line = await _rig.Node.QueryAsync<Guid>($"select id from messages where conversation_id = '{conversation}' and type = 'assigned'");
        return [new ChangeEvent(_rig.Ann.OrganizationId, ChangeEvent.Conversation(conversation), EventNames.MessageCreated, new() { ["messageId"] = line }, _rig.Clock.GetUtcNow())];
    }
}

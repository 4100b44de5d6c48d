using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Web.Inbox;
using Omni.Web.Shared;


namespace Omni.Tests.Inbox;

public sealed class TimelinePartTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Reader Oslo = Reader.In("Europe/Oslo");
    private readonly ConversationRow _row = SampleInbox.Row(new FakeInbox(TimeProvider.System), "Leila", Now);

    [Fact]
    public void Days_follow_the_readers_clock()
    {
        // 23:30 UTC is past midnight in Oslo.
        var entries = Build(At(1, Now.AddDays(-1).Date.AddHours(20)), At(2, Now.AddDays(-1).Date.AddHours(23.5)));

        Assert.Equal(["Yesterday", "Today"], entries.OfType<TimelinePart.Day>().Select(d => d.Words));
    }

    [Fact]
    public void Messages_of_one_author_within_minutes_are_one_run()
    {
        var said = Build(At(1, Now.AddMinutes(-9).UtcDateTime), At(2, Now.AddMinutes(-8).UtcDateTime), At(3, Now.AddMinutes(-1).UtcDateTime)).OfType<TimelinePart.Said>().ToList();

        Assert.Equal([false, true, false], said.Select(s => s.Continues));
        Assert.Equal([false, true, true], said.Select(s => s.EndsRun));
    }

    [Fact]
    public void Many_steps_in_a_row_are_folded_and_few_are_not()
    {
        var entries = Build([.. Enumerable.Range(1, 5).Select(i => At(i, Now.AddMinutes(-i).UtcDateTime) with { Kind = MessageKind.Activity })]);
        Assert.True(Assert.Single(entries.OfType<TimelinePart.Lines>()).Folded);

        entries = Build(At(1, Now.UtcDateTime) with { Kind = MessageKind.Activity });
        Assert.False(Assert.Single(entries.OfType<TimelinePart.Lines>()).Folded);
    }

    [Fact]
    public void The_unread_line_stands_once_before_the_first_new_message()
    {
        var entries = TimelinePart.Build([At(1, Now.AddMinutes(-3).UtcDateTime), At(2, Now.AddMinutes(-2).UtcDateTime), At(3, Now.AddMinutes(-1).UtcDateTime)], readUpTo: 1, Oslo, Now);

        Assert.Equal(2, Assert.Single(entries.OfType<TimelinePart.Unread>()).Count);
        Assert.IsType<TimelinePart.Unread>(entries[2]);
    }

    private static List<TimelinePart> Build(params MessageView[] messages) => TimelinePart.Build(messages, int.MaxValue, Oslo, Now);

    private MessageView At(int seq, DateTime at) => SampleInbox.Message(_row, seq, "Hello", new DateTimeOffset(at, TimeSpan.Zero));
}

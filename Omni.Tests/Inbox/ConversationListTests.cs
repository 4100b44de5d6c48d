using Bunit;
using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;

namespace Omni.Tests.Inbox;

public sealed class ConversationListTests : InboxComponentTest
{
    [Fact]
    public void Lists_the_readers_open_conversations_newest_first()
    {
        Put("Old", 30);
        Put("New", 1);
        Put("Done", 2, with: r => r with { Status = ConversationStatus.Resolved });
        Put("Somebody else's", 3, with: r => r with { AssigneeId = Guid.Empty });

        Assert.Equal(["New", "Old"], Names(Open("/inbox/mine")));
    }

    [Fact]
    public void Says_in_the_rows_name_who_where_unread_and_how_long_is_left()
    {
        Put("Leila", 1, lastRead: 0, r => r with { WindowUntil = Now.AddMinutes(150), LastMessagePreview = "Is it covered?" });

        var name = Open("/inbox/mine").Find(".row").GetAttribute("aria-label");

        Assert.Equal("Leila, WhatsApp, unread, 2 hours left, Is it covered?", name);
    }

    [Fact]
    public void Markup_in_names_and_messages_stays_text()
    {
        Put("<img src=x onerror=alert(1)>", 1, with: r => r with { LastMessagePreview = "<script>alert(1)</script>" });

        var page = Open("/inbox/mine");

        Assert.Empty(page.FindAll(".row img, .row script"));
        Assert.Equal("<img src=x onerror=alert(1)>", page.Find(".row__name").TextContent);
    }

    [Fact]
    public async Task A_new_message_moves_its_conversation_up_and_marks_it_unread()
    {
        var old = Put("Old", 30);
        Put("New", 1);
        var page = Open("/inbox/mine");

        await Inbox.SayAsync(SampleInbox.Message(old, 2, "Me again", Now));

        page.WaitForAssertion(() => Assert.Equal(["Old", "New"], Names(page)));
        Assert.Contains("row--unread", page.Find(".row").ClassName);
        Assert.Equal(1, Inbox.ListReads);
    }

    [Fact]
    public async Task The_order_waits_while_the_pointer_is_in_the_list_and_follows_when_asked()
    {
        var old = Put("Old", 30);
        Put("New", 1);
        var page = Open("/inbox/mine");
        await page.Find("omni-list").TriggerEventAsync("onomnihold", new HoldEventArgs { Held = true });

        await Inbox.SayAsync(SampleInbox.Message(old, 2, "Me again", Now));

        page.WaitForAssertion(() => Assert.Equal("1 update", page.Find(".updates").TextContent));
        Assert.Equal(["New", "Old"], Names(page));
        Assert.Contains("Me again", page.FindAll(".row__text")[1].TextContent);

        await page.Find(".updates").ClickAsync(new());
        Assert.Equal(["Old", "New"], Names(page));
        Assert.Empty(page.FindAll(".updates"));
    }

    [Fact]
    public async Task The_order_follows_by_itself_when_the_pointer_leaves()
    {
        var old = Put("Old", 30);
        Put("New", 1);
        var page = Open("/inbox/mine");
        var list = page.Find("omni-list");
        await list.TriggerEventAsync("onomnihold", new HoldEventArgs { Held = true });
        await Inbox.SayAsync(SampleInbox.Message(old, 2, "Me again", Now));

        await page.Find("omni-list").TriggerEventAsync("onomnihold", new HoldEventArgs { Held = false });

        Assert.Equal(["Old", "New"], Names(page));
    }

    [Fact]
    public async Task A_conversation_given_to_somebody_else_leaves_mine()
    {
        var row = Put("Leila", 1);
        Put("Sofie", 2);
        var page = Open("/inbox/mine");

        await Inbox.ChangeAsync(row.Id, r => r with { AssigneeId = null });

        page.WaitForAssertion(() => Assert.Equal(["Sofie"], Names(page)));
    }

    [Fact]
    public async Task A_conversation_given_to_me_appears()
    {
        var row = Put("Leila", 1, with: r => r with { AssigneeId = null });
        var page = Open("/inbox/mine");
        Assert.Empty(Names(page));

        await Inbox.ChangeAsync(row.Id, r => r with { AssigneeId = Inbox.Actor.UserId });

        page.WaitForAssertion(() => Assert.Equal(["Leila"], Names(page)));
    }

    [Fact]
    public async Task After_a_gap_everything_is_read_again()
    {
        Put("Leila", 1);
        var page = Open("/inbox/mine");
        Put("Came unnoticed", 0);

        await Inbox.TellAsync([]);

        page.WaitForAssertion(() => Assert.Equal(["Came unnoticed", "Leila"], Names(page)));
    }

    [Fact]
    public async Task Further_pages_follow_the_first()
    {
        for (var i = 0; i < 60; i++)
        {
            Put($"Customer {i:00}", i);
        }

        var page = Open("/inbox/mine");
        Assert.Equal(50, Names(page).Length);

        await page.Find("[data-more]").ClickAsync(new());

        Assert.Equal(60, Names(page).Distinct().Count());
        Assert.Empty(page.FindAll("omni-list [data-more]"));
    }

    [Fact]
    public async Task Old_rows_stay_when_reading_fails_and_retry_helps()
    {
        Put("Leila", 1);
        var page = Open("/inbox/mine");
        Inbox.Trouble = new TimeoutException();

        await Inbox.TellAsync([]);

        page.WaitForAssertion(() => Assert.Contains("The server took too long.", page.Find("[role=alert]").TextContent));
        Assert.Equal(["Leila"], Names(page));

        Inbox.Trouble = null;
        await page.Find("[role=alert] button").ClickAsync(new());
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public void Without_a_channel_the_first_steps_are_shown()
    {
        Inbox.Directory = Inbox.Directory with { Channels = [] };

        Inbox.FirstSteps = new FirstSteps(false, false, false, true, false);
        var page = Open("/inbox/mine");
        Assert.Contains("1 of 4 done", page.Find(".start").TextContent, StringComparison.Ordinal);
        Assert.Equal("/settings/channels", page.Find(".todo .now a").GetAttribute("href"));

        page.Find(".start [aria-label^='Put']").Click();
        Assert.Empty(page.FindAll(".start"));
    }

    [Fact]
    public async Task Picked_conversations_are_resolved_together_and_brought_back_together()
    {
        var (one, two) = (Put("One", 1), Put("Two", 2));
        Put("Three", 3);
        var page = Open("/inbox/mine");
        await page.Find("omni-list").TriggerEventAsync("onomnipick", new PickEventArgs { Ids = [one.Id, two.Id] });

        await PressAsync(page, ".bar [data-key=e]");

        Assert.Equal(["Three"], Names(page));
        Assert.Contains("Resolved 2 conversations", page.Find(".toast").TextContent);

        await page.Find(".toast .btn").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(["One", "Two", "Three"], Names(page)));
    }
}

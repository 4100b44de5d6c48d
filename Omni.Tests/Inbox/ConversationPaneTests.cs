using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;

namespace Omni.Tests.Inbox;

public sealed class ConversationPaneTests : InboxComponentTest
{
    private readonly ConversationRow _leila;

    public ConversationPaneTests() => _leila = Put("Leila", 1, lastRead: 1);

    [Theory]
    [InlineData(MessageStatus.Queued, "Waiting")]
    [InlineData(MessageStatus.Sent, "Sent")]
    [InlineData(MessageStatus.Delivered, "Delivered")]
    [InlineData(MessageStatus.Read, "Read")]
    public void Own_messages_say_how_far_they_got(MessageStatus status, string words)
    {
        Say("On its way", MessageDirection.Out, m => m with { Status = status });

        Assert.Equal(words, Show().Find(".msg--out .tick__word").TextContent);
    }

    [Fact]
    public async Task A_tick_changes_in_place()
    {
        var message = Say("On its way", MessageDirection.Out, m => m with { Status = MessageStatus.Sent });
        var page = Show();

        await Inbox.SayAsync(message with { Status = MessageStatus.Read });

        page.WaitForAssertion(() => Assert.Equal("Read", page.Find(".tick__word").TextContent));
        Assert.Single(page.FindAll(".msg"));
    }

    [Fact]
    public async Task A_failed_message_says_why_and_can_be_sent_again()
    {
        var message = Say("Hello", MessageDirection.Out, m => m with { Status = MessageStatus.Failed, ErrorCode = "131016", ErrorMessage = "WhatsApp was unavailable.", ErrorRetryable = true });
        var page = Show();
        Assert.Contains("Not sent. WhatsApp was unavailable. (131016)", page.Find(".fail").TextContent);

        await PressAsync(page, ".fail button");

        Assert.Equal([(message.Id, false)], Inbox.Retries);
    }

    [Fact]
    public void What_may_have_been_sent_offers_nothing_until_it_is_decided()
    {
        Say("Hello", MessageDirection.Out, m => m with { Status = MessageStatus.Unknown, CreatedAt = Now.AddSeconds(-10) });

        var fail = Show().Find(".fail");

        Assert.Contains("May have been sent – checking", fail.TextContent);
        Assert.Equal(["Copy"], fail.QuerySelectorAll("button").Select(b => b.TextContent));
    }

    [Fact]
    public async Task What_stayed_unknown_can_be_sent_again_knowingly()
    {
        var message = Say("Hello", MessageDirection.Out, m => m with { Status = MessageStatus.Unknown, CreatedAt = Now.AddMinutes(-5) });

        await PressAsync(Show(), ".fail button");

        Assert.Equal([(message.Id, true)], Inbox.Retries);
    }

    [Fact]
    public void Only_web_and_mail_addresses_become_links()
    {
        Say("See https://example.com/a(b). javascript:alert(1) mailto:hi@example.com data:text/html,x <a href=https://evil.example>here</a>");

        var links = Show().FindAll(".bubble p a");

        Assert.Equal(["https://example.com/a(b)", "mailto:hi@example.com", "https://evil.example/"], links.Select(a => ((AngleSharp.Html.Dom.IHtmlAnchorElement)a).Href));
        Assert.All(links, a => Assert.Equal("noopener noreferrer nofollow", a.GetAttribute("rel")));
    }

    [Fact]
    public void Things_that_cannot_be_shown_have_a_place()
    {
        Say(null, with: m => m with { Type = "unsupported" });
        Say("gone", with: m => m with { Text = null, DeletedAt = Now });
        Say(null, with: m => m with { Type = "image", Attachments = [new AttachmentView(OmniId.New(), "image", null, "pole.jpg", null, AttachmentState.Failed, "was too large", null)] });

        var talk = Show().Find("[role=log]").TextContent;

        Assert.Contains("WhatsApp sent something Omni cannot show", talk);
        Assert.Contains("Taken back", talk);
        Assert.Contains("was too large", talk);
    }

    [Fact]
    public void Unread_messages_begin_after_a_line()
    {
        Say("Seen", with: m => m with { Seq = 1 });
        Say("New", with: m => m with { Seq = 2 });
        Inbox.Put(_leila with { LastSeq = 2, LastUnreadSeq = 2 }, lastRead: 1);

        Assert.Equal("1 new message", Show().Find("[data-unread]").TextContent);
    }

    [Fact]
    public async Task An_incoming_message_is_announced_and_own_ones_are_not()
    {
        var page = Show();

        await Inbox.SayAsync(SampleInbox.Message(_leila, 2, "Our words", Now, MessageDirection.Out));
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".msg")));
        Assert.Equal("", page.Find("p[role=status]").TextContent);

        await Inbox.SayAsync(SampleInbox.Message(_leila, 3, "Her words", Now));
        page.WaitForAssertion(() => Assert.Equal("Leila: Her words", page.Find("p[role=status]").TextContent));
    }

    [Fact]
    public async Task Messages_stand_in_order_of_position_also_when_they_come_late()
    {
        Say("Second", with: m => m with { Seq = 1, Position = 2000 });
        var page = Show();

        await Inbox.SayAsync(SampleInbox.Message(_leila, 2, "First", Now) with { Position = 1000 });

        page.WaitForAssertion(() => Assert.Equal(["First", "Second"], page.FindAll(".bubble p").Select(p => p.TextContent)));
    }

    [Fact]
    public async Task Earlier_messages_come_before_those_that_are_here()
    {
        for (var i = 1; i <= 70; i++)
        {
            Say($"No. {i}", with: m => m with { Seq = i, Position = i });
        }

        var page = Show();
        Assert.Equal(50, page.FindAll(".msg").Count);

        await page.Find("omni-timeline [data-more]").ClickAsync(new());

        Assert.Equal(Enumerable.Range(1, 70).Select(i => $"No. {i}"), page.FindAll(".bubble p").Select(p => p.TextContent));
    }

    [Fact]
    public async Task Seeing_the_end_moves_the_read_pointer_and_the_row_is_no_longer_bold()
    {
        Say("New", with: m => m with { Seq = 2 });
        Inbox.Put(_leila with { LastSeq = 2, LastUnreadSeq = 2 }, lastRead: 1);
        var page = Show();
        Assert.NotEmpty(page.FindAll(".row--unread"));

        await page.Find("omni-timeline").TriggerEventAsync("onomniseen", new SeenEventArgs { Seq = 2 });

        Assert.Equal(2, Inbox.ReadMarks[_leila.Id]);
        Assert.Equal([_leila.Id], Inbox.ToldRead); // the customer hears of it too
        Assert.Empty(page.FindAll(".row--unread"));
    }

    [Fact]
    public async Task Resolving_opens_the_next_conversation()
    {
        var next = Put("Next", 5);
        var page = Show();

        await PressAsync(page, ".conv [data-key=e]");

        Assert.Equal(ConversationStatus.Resolved, Inbox.Row(_leila.Id).Status);
        Assert.EndsWith($"/inbox/mine/{next.Id}", Services.GetRequiredService<NavigationManager>().Uri);
        Assert.Equal(["Next"], Names(page));
    }

    [Fact]
    public async Task A_colleague_who_writes_is_named()
    {
        var page = Show();
        var jonas = new Actor(OmniId.New(), Inbox.Actor.OrganizationId, MemberRole.Agent, OmniId.New()) { DisplayName = "Jonas" };

        await Task.Run(() => Services.GetRequiredService<Presence>().Typing(jonas, _leila.Id, note: false));

        page.WaitForAssertion(() => Assert.Contains("Jonas is writing too.", page.Find(".foot .banner").TextContent));
    }

    [Fact]
    public void Who_may_only_read_gets_no_composer()
    {
        Inbox.Actor = Inbox.Actor with { Role = MemberRole.Viewer };
        Inbox.Put(_leila with { AssigneeId = Inbox.Actor.UserId }, 1);

        Assert.Empty(Show().FindAll("omni-composer"));
    }

    [Fact]
    public void A_conversation_that_is_gone_says_so()
    {
        Assert.Contains("You no longer have access", Open($"/inbox/mine/{OmniId.New()}").Markup);
    }

    private IRenderedComponent<IComponent> Show() => Open($"/inbox/mine/{_leila.Id}");

    private MessageView Say(string? text, MessageDirection direction = MessageDirection.In, Func<MessageView, MessageView>? with = null)
    {
        var message = SampleInbox.Message(_leila, Inbox.MessagesOf(_leila.Id).Count + 1, text, Now.AddMinutes(-1), direction);
        message = with is null ? message : with(message);
        Inbox.Put(message);
        return message;
    }
}

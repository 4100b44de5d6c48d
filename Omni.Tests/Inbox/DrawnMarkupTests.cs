using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;
using Omni.Web.Inbox.Drawing;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Tests.Inbox;

/// <summary>Whatever people write stays text in drawn markup: nothing of it becomes an element, an attribute or an address.</summary>
public sealed class DrawnMarkupTests
{
    private const string Attack = "</a></p><img src=x onerror=alert(1)><script>alert(2)</script>\" onclick=\"alert(3)\" ' onfocus='alert(4)' `x` &lt;b&gt; javascript:alert(5) \0";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Reader Oslo = Reader.In("Europe/Oslo");

    [Fact]
    public void Values_are_encoded_and_pieces_are_not()
    {
        var piece = Html.Of($"<b>{"<i>"}</b>");

        Assert.Equal("<p title=\"&quot;&gt;\"><b>&lt;i&gt;</b>é漢</p>", Html.Of($"""<p title="{"\">"}">{piece}{"é漢"}</p>""").ToString());
    }

    [Fact]
    public void A_row_holds_an_attack_in_every_word_as_text()
    {
        var row = Row() with
        {
            ContactAvatarUrl = "https://example.com/\"onload=\"alert(1)", AssigneeId = OmniId.New(), AssigneeName = Attack, LastMessagePreview = Attack, Labels = [new LabelView(OmniId.New(), Attack, 1)],
            HasWindow = true, WindowUntil = Now.AddHours(2), Priority = ConversationPriority.High, Sandbox = true,
        };
        var address = new InboxAddress(InboxView.All) { Search = Attack };

        Harmless(RowMarkup.Of(row, new RowLook(RowPlace.Of(address, Oslo, Now), true, null, null, true), Oslo, Now), ["a", "bdi", "div", "i", "img", "span", "svg", "time", "use"]);
        Harmless(RowMarkup.Of(row, new RowLook(RowPlace.Of(address, Oslo, Now), true, Attack, true, true), Oslo, Now), ["a", "bdi", "div", "em", "i", "span", "svg", "time", "use"]);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("unsupported")]
    [InlineData("image")]
    [InlineData("audio")]
    [InlineData("video")]
    [InlineData("file")]
    [InlineData("location")]
    [InlineData("contact")]
    [InlineData("share")]
    [InlineData("template")]
    public async Task A_message_holds_an_attack_in_every_word_as_text(string type)
    {
        var payload = System.Text.Json.JsonSerializer.SerializeToElement(new
        {
            name = Attack, address = Attack, title = Attack, url = $"https://example.com/{Attack}", latitude = 1.5, longitude = 2.5, template = new { name = Attack }, contacts = new[] { new { name = Attack, phones = new[] { Attack } } },
        });
        var inbox = new FakeInbox(TimeProvider.System);
        var workspace = new Workspace(inbox, inbox, inbox, Options.Create(new OmniOptions()));
        await workspace.LoadAsync();
        var talk = new Talk(new TalkPlace(Attack, ChannelKind.WhatsApp, Oslo.Zone.Id), workspace, Oslo, true, Now);
        foreach (var state in new[] { AttachmentState.Stored, AttachmentState.Failed })
        {
            foreach (var status in new[] { MessageStatus.Failed, MessageStatus.Unknown, MessageStatus.Read })
            {
                var message = SampleInbox.Message(Row(), 1, Attack, Now, MessageDirection.Out) with
                {
                    Type = type, Payload = payload, AuthorName = Attack, ErrorMessage = Attack, ErrorCode = Attack, ReplyToPreview = Attack, ErrorRetryable = true, Status = status,
                    Reactions = [new ReactionView("contact:1", Attack)], EditedAt = Now,
                    Attachments = type == "template" ? [] : [new AttachmentView(OmniId.New(), type, null, Attack, 1, state, Attack, payload)],
                };
                Harmless(BubbleMarkup.Body(message, talk), null);
                Harmless(BubbleMarkup.Body(message with { DeletedAt = Now }, talk), null);
                Harmless(BubbleMarkup.Caption(message, talk), null);
                Harmless(BubbleMarkup.Below(new TimelinePart.Said(message, false, true), talk), null);
                Harmless(LineMarkup.Note(message, Oslo, [new MemberView(OmniId.New(), Attack, MemberRole.Agent, default)]), null);
                Harmless(LineMarkup.Line(message with { Kind = MessageKind.Activity }, Oslo, Now), null);
                Harmless(HeadMarkup.Who(Row() with { ChannelName = Attack, Subject = Attack }, "/inbox/all", Attack), null);
                Harmless(HeadMarkup.Tools(Row(), Attack, OmniId.New(), Attack), null);
            }
        }
    }

    [Fact]
    public void Circuits_that_read_the_same_row_apart_share_it_and_what_is_drawn_of_it()
    {
        var (views, row) = (new SharedViews(), Row());
        var (one, other) = (views.Of(row), views.Of(row with { Labels = [.. row.Labels] }));
        var look = new RowLook(RowPlace.Of(new InboxAddress(InboxView.All), Oslo, Now), true, null, null, false);

        Assert.Same(one, other);
        Assert.Same(RowMarkup.Shared(one, look, Oslo, TimeProvider.System).ToString(), RowMarkup.Shared(other, look with { Place = look.Place with { } }, Oslo, TimeProvider.System).ToString());
        Assert.NotSame(one, views.Of(row with { ContactName = "Renamed" })); // without a new version
        Assert.NotEqual(RowMarkup.Shared(one, look, Oslo, TimeProvider.System), RowMarkup.Shared(one, look with { Unread = false }, Oslo, TimeProvider.System));
    }

    private static ConversationRow Row() => SampleInbox.Row(new FakeInbox(TimeProvider.System), Attack, Now);

    private static void Harmless(Html html, string[]? elements)
    {
        var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument($"<body>{html}</body>");
        var all = document.Body!.QuerySelectorAll("*");
        if (elements is not null)
        {
            Assert.Equal(elements, all.Select(e => e.LocalName).Distinct().Order(StringComparer.Ordinal));
        }

        Assert.DoesNotContain(all, e => e.LocalName is "script" or "b" && e.TextContent.StartsWith("alert", StringComparison.Ordinal));
        Assert.All(all.SelectMany(e => e.Attributes), a => Assert.False(a.Name.StartsWith("on", StringComparison.Ordinal), a.Name));
        Assert.All(all.Select(e => e.GetAttribute("href") ?? e.GetAttribute("src")).OfType<string>(), address => Assert.Matches("^(/|#|https://)", address));
        Assert.DoesNotContain(all, e => e.LocalName == "img" && e.GetAttribute("src") == "x");
    }
}

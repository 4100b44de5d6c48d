using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Omni.Core.Channels;
using Omni.Tests.Inbox;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

public sealed class InboxComposerTests(BrowserFixture browsers) : InboxBrowserTest(browsers)
{
    private ILocator Editor => Page.Locator("omni-composer textarea");

    private string[] PostedTexts => [.. Host.Posted.Select(p => p["text"]!.ToString())];

    [Fact]
    public async Task A_reply_is_sent_once_and_its_bubble_becomes_the_message()
    {
        await TalkAsync();

        await Editor.FillAsync("It arrives on Thursday.");
        await Editor.PressAsync("Control+Enter");

        await Assertions.Expect(Page.Locator(".msg--out .bubble", new() { HasText = "It arrives on Thursday." })).ToHaveCountAsync(1);
        await Assertions.Expect(Page.Locator("omni-pending .bubble")).ToHaveCountAsync(0);
        await Assertions.Expect(Editor).ToHaveValueAsync("");
        Assert.Equal(["It arrives on Thursday."], PostedTexts);
        Assert.Empty(Complaints);
    }

    [Fact]
    public async Task Whoever_writes_goes_on_writing_when_the_conversation_changes_meanwhile()
    {
        await TalkAsync();
        await Editor.PressSequentiallyAsync("It arrives on Friday.");
        var until = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

        await Inbox.ChangeAsync(Leila, row => row with { WindowUntil = until, ContactName = "Leila H." });

        await Assertions.Expect(Editor).ToHaveAttributeAsync("aria-label", "Reply to Leila H. on WhatsApp");
        await Assertions.Expect(Editor).ToBeFocusedAsync();
        await Page.Keyboard.TypeAsync(" At noon.");
        await Page.Keyboard.PressAsync("Control+Enter");
        await Eventually.HoldsAsync(() => PostedTexts.Length > 0, "the reply is posted");
        Assert.Equal(["It arrives on Friday. At noon."], PostedTexts);
    }

    [Fact]
    public async Task A_note_is_a_note()
    {
        await TalkAsync();
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Note" }).ClickAsync();

        await Editor.FillAsync("Ask the warehouse");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add note" }).ClickAsync();

        await Assertions.Expect(Page.Locator(".note", new() { HasText = "Ask the warehouse" })).ToHaveCountAsync(1);
        await Eventually.HoldsAsync(() => Host.Posted.Count == 1, "the note is posted"); // it is drawn before that
        Assert.Equal("note", Host.Posted.Single()["kind"]!.ToString());
    }

    [Fact]
    public async Task Text_survives_a_reload_and_reaches_the_server_as_a_draft()
    {
        await TalkAsync();
        await Editor.PressSequentiallyAsync("Half a thought");
        await Eventually.HoldsAsync(() => Inbox.Drafts.Values.Any(d => d.Text == "Half a thought"), "the draft is on the server");

        await Page.ReloadAsync();

        await Assertions.Expect(Editor).ToHaveValueAsync("Half a thought");
    }

    [Fact]
    public async Task What_is_written_while_the_server_is_away_is_sent_once_and_in_order_when_it_is_back()
    {
        await TalkAsync();
        await Host.StopAsync();
        foreach (var text in new[] { "First", "Second", "Third" })
        {
            await Editor.FillAsync(text);
            await Editor.PressAsync("Control+Enter");
        }

        await Assertions.Expect(Page.Locator("omni-pending .bubble")).ToHaveTextAsync(["First", "Second", "Third"]);
        await Assertions.Expect(Page.Locator("omni-reconnect")).ToContainTextAsync("Your text is safe.", new() { Timeout = 15000 });
        await Editor.FillAsync("Not yet sent");

        await Host.StartAsync();

        await Eventually.HoldsAsync(() => PostedTexts.Length >= 3, "the queue is sent", TimeSpan.FromSeconds(40));
        await Assertions.Expect(Page.Locator("[role=log] .msg--out .bubble", new() { HasTextRegex = new("^(First|Second|Third)$") })).ToHaveTextAsync(["First", "Second", "Third"], new() { Timeout = 20000 });
        await Assertions.Expect(Page.Locator("omni-pending .bubble")).ToHaveCountAsync(0);
        await Assertions.Expect(Editor).ToHaveValueAsync("Not yet sent");
        Assert.Equal(["First", "Second", "Third"], Inbox.MessagesOf(Leila).Where(m => m.ClientId is not null).Select(m => m.Text));
    }

    [Fact]
    public async Task A_lost_answer_does_not_double_the_message()
    {
        await TalkAsync();
        var lost = 0;
        Host.Answer = _ => Interlocked.Increment(ref lost) == 1 ? Results.StatusCode(503) : null;

        await Editor.FillAsync("Only once");
        await Editor.PressAsync("Control+Enter");

        await Eventually.HoldsAsync(() => Host.Posted.Count == 2, "it was tried again");
        Assert.Single(Host.Posted.Select(p => p["clientId"]!.ToString()).Distinct());
        await Assertions.Expect(Page.Locator(".msg--out .bubble", new() { HasText = "Only once" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task When_somebody_answered_first_the_writer_decides()
    {
        await TalkAsync();
        Host.Answer = body => body["ifVersion"] is null ? null : Results.Json(
            new
            {
                success = false,
                error = new { code = 409, name = "CONFLICT", message = "Something came meanwhile.", details = new { version = 9, messages = new[] { new { id = Guid.Empty, direction = "out", text = "The 8.5 mm one.", authorId = Guid.Empty, authorName = "Jonas" } } } },
            },
            statusCode: 409);

        await Editor.FillAsync("It’s the 8.5 mm pole");
        await Editor.PressAsync("Control+Enter");

        await Assertions.Expect(Page.Locator(".foot [role=alert]")).ToContainTextAsync("Jonas answered while you were writing.");
        await PictureAsync("answered-first");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();
        await Assertions.Expect(Editor).ToHaveValueAsync("It’s the 8.5 mm pole");
        Assert.Single(Host.Posted);

        await Editor.PressAsync("Control+Enter");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Send anyway" }).ClickAsync();
        await Assertions.Expect(Page.Locator("[role=log] .msg--out .bubble", new() { HasText = "It’s the 8.5 mm pole" }).Last).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator(".foot [role=alert]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task After_the_window_closed_a_template_is_sent()
    {
        var sofie = Inbox.RowNamed("Sofie Dahl").Id;
        await GoAsync($"/inbox/mine/{sofie}");

        await Page.GetByRole(AriaRole.Radio, new() { Name = "parcel_followup" }).CheckAsync();
        await Page.GetByLabel("Value 1 of parcel_followup").FillAsync("Sofie");
        await Page.GetByLabel("Value 2 of parcel_followup").FillAsync("SF-1");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Send template" }).ClickAsync();

        await Eventually.HoldsAsync(() => Host.Posted.Count == 1, "the template is posted");
        Assert.Equal("""["Sofie","SF-1"]""", Host.Posted[0]["template"]!["parameters"]!["body"]!.ToJsonString());
    }

    [Fact]
    public async Task Too_long_a_text_cannot_be_sent_and_says_by_how_much()
    {
        await TalkAsync();

        await Editor.FillAsync(new string('x', 4100));

        await Assertions.Expect(Page.Locator(".count-left")).ToContainTextAsync("4 too many");
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true })).ToBeDisabledAsync();
    }

    private async Task TalkAsync()
    {
        await GoAsync($"/inbox/mine/{Leila}");
        await Eventually.HoldsAsync(() => Inbox.WatchedMessages, "the circuit watches the conversation");
    }
}

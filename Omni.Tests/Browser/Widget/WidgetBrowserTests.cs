using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Tests.Support;

namespace Omni.Tests.Browser.Widget;

/// <summary>Talks between a visitor of a foreign site and the team, on the real program.</summary>
[Collection("Browser")]
public sealed class WidgetBrowserTests(BrowserFixture browsers, WidgetRig rig) : IClassFixture<WidgetRig>
{
    [Fact]
    public async Task From_the_settings_to_an_answered_question_on_a_strict_page()
    {
        await using var team = await browsers.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        var agent = await team.NewPageAsync();
        await SignInAsync(agent, "/settings/channels");
        await agent.GetByRole(AriaRole.Link, new() { Name = "Website chat" }).ClickAsync();
        await Assertions.Expect(agent).ToHaveURLAsync(new Regex("/settings/channels/widget$"));
        await agent.WaitForFunctionAsync("() => customElements.get('omni-modal')"); // loaded by the circuit: from here on clicks count
        await agent.GetByLabel("Name in Omni").FillAsync("Shop");
        await agent.GetByLabel("Address of your site").FillAsync(rig.Site.Origin + "/anything");
        await agent.GetByRole(AriaRole.Button, new() { Name = "Create the chat" }).ClickAsync();
        var snippet = await agent.GetByLabel("Snippet").InputValueAsync();

        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var page = await visitor.OpenAsync(rig.Site.Put("/strict", new HostPage(snippet) { Policy = HostPage.Strict(rig.Origin) }));
        var chat = await Visitor.ChatAsync(page);
        await Visitor.WriteAsync(chat, "Is the Fjell 2 in stock? <b onclick=alert(1)>now</b> https://example.com/fjell");
        await chat.Locator(".own .bubble").WaitForAsync();
        Assert.Equal(0, await chat.Locator(".own b").CountAsync());
        Assert.Equal("https://example.com/fjell", await chat.Locator(".own a").GetAttributeAsync("href"));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(chat).ToBeHiddenAsync();

        await agent.GotoAsync("/inbox/unassigned");
        await agent.Locator("omni-live[data-up]").WaitForAsync();
        await agent.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Is the Fjell 2 in stock") }).ClickAsync();
        await agent.Locator(".bubble").GetByText("<b onclick=alert(1)>now</b>").WaitForAsync();
        var context = agent.GetByRole(AriaRole.Region, new() { Name = "Website visitor" });
        await Assertions.Expect(context.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", page.Url);
        await Assertions.Expect(context).ToContainTextAsync("Chrome");
        await agent.Locator("omni-composer textarea").FillAsync("Yes, three of them.");
        await agent.Keyboard.PressAsync("Control+Enter");

        await Assertions.Expect(page.Locator(".count")).ToHaveTextAsync("1");
        await Assertions.Expect(page).ToHaveTitleAsync("(1) A shop");
        await Assertions.Expect(page.Locator(".hello")).ToContainTextAsync("Yes, three of them.");
        await WidgetRig.PictureAsync(page, "badge");
        await WidgetRig.PictureAsync(agent, "inbox");
        await page.Locator(".hello .say").ClickAsync();
        await chat.Locator(".msg:not(.own)").GetByText("Yes, three of them.").WaitForAsync();
        await Assertions.Expect(page).ToHaveTitleAsync("A shop");
        await Assertions.Expect(agent.Locator(".msg--out").GetByText("Read", new() { Exact = true })).ToBeAttachedAsync(new() { Timeout = 15_000 });
        await Assertions.Expect(chat.Locator(".own .meta")).ToContainTextAsync("Read");
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task Both_see_each_other_writing()
    {
        var account = await rig.CreateAsync("Typing");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var page = await visitor.OpenAsync(rig.Site.Put("/typing", new HostPage(rig.Snippet(account))));
        var chat = await Visitor.ChatAsync(page);
        await Visitor.WriteAsync(chat, "Hello there");
        await using var team = await browsers.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        var agent = await team.NewPageAsync();
        await SignInAsync(agent, "/inbox/all");
        await agent.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Hello there") }).ClickAsync();
        await agent.Locator(".bubble").GetByText("Hello there").WaitForAsync();

        var text = agent.Locator("omni-composer textarea");
        await Eventually.HoldsAsync(
            async () =>
            {
                await text.PressSequentiallyAsync("y");
                return await chat.Locator(".dots:visible").CountAsync() > 0;
            },
            "the visitor sees that the team writes");
        await Eventually.HoldsAsync(
            async () =>
            {
                await chat.Locator(".line textarea").PressSequentiallyAsync("n");
                return await agent.GetByText(new Regex("is (writing|typing)")).CountAsync() > 0;
            },
            "the team sees that the visitor writes");
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task History_stays_over_a_reload_and_two_tabs_share_one_stream()
    {
        var account = await rig.CreateAsync("Tabs");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var address = rig.Site.Put("/tabs", new HostPage(rig.Snippet(account)));
        var first = await visitor.OpenAsync(address);
        await Visitor.WriteAsync(await Visitor.ChatAsync(first), "From the first tab");
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(account)).Count == 1, "the inbox has the message");
        visitor.Streams.Clear();
        await first.ReloadAsync();
        await first.Locator("dialog.panel .own").GetByText("From the first tab").WaitForAsync(); // open, as it was left
        await Eventually.HoldsAsync(() => visitor.Streams.Count == 1, "the first tab reads the stream");
        visitor.Streams.Clear();

        var second = await visitor.OpenAsync(address);
        var chat = await Visitor.ChatAsync(second);
        await chat.GetByText("From the first tab").WaitForAsync();
        await rig.AnswerAsync(account, "Seen in both");
        await chat.GetByText("Seen in both").WaitForAsync();
        await first.Locator("dialog.panel").GetByText("Seen in both").WaitForAsync();
        Assert.Empty(visitor.Streams);

        await first.CloseAsync(); // the other tab takes over
        await Eventually.HoldsAsync(() => visitor.Streams.Count == 1, "the second tab reads the stream");
        await rig.AnswerAsync(account, "Still here");
        await chat.GetByText("Still here").WaitForAsync();
        Assert.Equal(["in: From the first tab", "out: Seen in both", "out: Still here"], await rig.TalkAsync(account));
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_proxy_that_holds_the_stream_back_is_got_around()
    {
        var account = await rig.CreateAsync("Proxy");
        await using var proxy = await BufferingProxy.StartAsync(rig.Spine.Omni.Address);
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var page = await visitor.OpenAsync(rig.Site.Put("/proxy", new HostPage(rig.Snippet(account, proxy.Origin)) { Policy = HostPage.Strict(proxy.Origin) }));
        var chat = await Visitor.ChatAsync(page);
        await Visitor.WriteAsync(chat, "Through the proxy");
        await rig.AnswerAsync(account, "Came back through it");
        await chat.GetByText("Came back through it").WaitForAsync();
        Assert.Contains(visitor.Streams, s => s.Contains("poll=1", StringComparison.Ordinal));
        await rig.AnswerAsync(account, "And again");
        await chat.GetByText("And again").WaitForAsync();
        await Assertions.Expect(chat.Locator(".msg")).ToHaveCountAsync(4); // greeting, question, two answers: nothing twice
    }

    [Fact]
    public async Task What_is_asked_first_and_what_is_left_while_nobody_is_there_arrives_with_its_answers()
    {
        var asked = await rig.CreateAsync("Asked", new JsonObject
        {
            ["preChat"] = JsonNode.Parse("""{"enabled":true,"fields":[{"key":"name","label":"Your name","type":"text","required":true,"options":[]},{"key":"topic","label":"Topic","type":"select","required":true,"options":["Order","Repair"]}]}"""),
        });
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var chat = await Visitor.ChatAsync(await visitor.OpenAsync(rig.Site.Put("/asked", new HostPage(rig.Snippet(asked)))));
        await chat.GetByRole(AriaRole.Button, new() { Name = "Start chat" }).ClickAsync();
        await Assertions.Expect(chat.Locator("[aria-invalid=true]")).ToHaveCountAsync(3);
        await chat.GetByLabel("Your name").FillAsync("Leila Haddad");
        await chat.GetByLabel("Topic").SelectOptionAsync("Repair");
        await chat.GetByLabel("Message", new() { Exact = true }).FillAsync("A pole snapped");
        await WidgetRig.PictureAsync(chat.Page, "prechat");
        await chat.GetByRole(AriaRole.Button, new() { Name = "Start chat" }).ClickAsync();
        await chat.Locator(".own").GetByText("A pole snapped").WaitForAsync();
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(asked)).SequenceEqual(["in: A pole snapped"]), "the inbox has the message");
        Assert.Equal("Leila Haddad", await rig.Spine.QueryAsync<string>($"select name from widget_visitors where channel_id = '{asked.Id}'"));

        var tomorrow = DateTime.UtcNow.AddDays(2).DayOfWeek.ToString();
        var away = await rig.CreateAsync("Away", new JsonObject { ["hours"] = new JsonArray(new JsonObject { ["day"] = char.ToLowerInvariant(tomorrow[0]) + tomorrow[1..], ["from"] = "09:00", ["to"] = "17:00" }) });
        var left = await Visitor.ChatAsync(await visitor.OpenAsync(rig.Site.Put("/away", new HostPage(rig.Snippet(away)))));
        await left.GetByText("We are away right now").WaitForAsync();
        await left.GetByLabel("E-mail").FillAsync("leila@example.com");
        await left.GetByLabel("Message", new() { Exact = true }).FillAsync("Do you repair poles?");
        await WidgetRig.PictureAsync(left.Page, "offline");
        await left.GetByRole(AriaRole.Button, new() { Name = "Leave message" }).ClickAsync();
        await left.Locator(".own").GetByText("Do you repair poles?").WaitForAsync();
        await left.GetByText("Our answer reaches you by e-mail").WaitForAsync();
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(away)).SequenceEqual(["in: Do you repair poles?"]), "the inbox has the message");
        Assert.Equal("leila@example.com", await rig.Spine.QueryAsync<string>($"select email from widget_visitors where channel_id = '{away.Id}'"));
        Assert.Empty(visitor.Complaints);

        // Nobody is at the page any more: the answer goes to the address.
        await visitor.DisposeAsync();
        await rig.AnswerAsync(away, "We do, within a week.");
        await Eventually.HoldsAsync(() => rig.Mail.Letters.Any(l => l.To.Contains("leila@example.com") && l.Text.Contains("We do, within a week.")), "the answer is mailed");
    }

    [Fact]
    public async Task The_talk_is_mailed_to_the_visitor_on_demand()
    {
        var account = await rig.CreateAsync("Transcript");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var chat = await Visitor.ChatAsync(await visitor.OpenAsync(rig.Site.Put("/transcript", new HostPage(rig.Snippet(account)))));
        await Visitor.WriteAsync(chat, "Which pole fits the Fjell 2?");
        await rig.AnswerAsync(account, "The 8.5 mm one.");
        await chat.GetByText("The 8.5 mm one.").WaitForAsync();

        await chat.GetByRole(AriaRole.Button, new() { Name = "More", Exact = true }).ClickAsync();
        await chat.GetByText("E-mail me this chat").ClickAsync();
        await chat.GetByLabel("E-mail").FillAsync("tor@example.com");
        await chat.Page.Keyboard.PressAsync("Enter");
        await chat.GetByText("The chat is on its way to tor@example.com.").WaitForAsync();

        await Eventually.HoldsAsync(() => rig.Mail.Letters.Any(l => l.To.Contains("tor@example.com")), "the letter is there");
        var letter = rig.Mail.Letters.First(l => l.To.Contains("tor@example.com")).Text;
        Assert.Contains("Which pole fits the Fjell 2?", letter, StringComparison.Ordinal);
        Assert.Contains("The 8.5 mm one.", letter, StringComparison.Ordinal);
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_file_is_attached_shown_and_arrives()
    {
        var account = await rig.CreateAsync("Files");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var chat = await Visitor.ChatAsync(await visitor.OpenAsync(rig.Site.Put("/files", new HostPage(rig.Snippet(account)) { Policy = HostPage.Strict(rig.Origin) })));
        await chat.Locator("input[type=file]").SetInputFilesAsync([
            new FilePayload { Name = "note.txt", MimeType = "text/plain", Buffer = "The pole is 8.5 mm."u8.ToArray() },
            new FilePayload { Name = "bad.exe", MimeType = "application/x-msdownload", Buffer = "MZ"u8.ToArray() },
        ]);
        await chat.GetByText("bad.exe: files of this kind cannot be sent.").WaitForAsync();
        await chat.GetByRole(AriaRole.Button, new() { Name = "Remove: bad.exe: files" }).Or(chat.GetByRole(AriaRole.Button, new() { Name = "Remove: bad.exe" })).ClickAsync();
        await Visitor.WriteAsync(chat, "See the note");
        await chat.Locator(".own a.doc").GetByText("note.txt").WaitForAsync();
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(account)).Count == 1, "the inbox has the message");
        Assert.Equal(1L, await rig.Spine.QueryAsync<long>($"select count(*) from attachments where name = 'note.txt' and message_id is not null"));
        Assert.Empty(visitor.Complaints);
    }

    private async Task SignInAsync(IPage page, string path)
    {
        await page.GotoAsync($"/signin?returnUrl={Uri.EscapeDataString(path)}");
        await page.Locator("input[type=email]").FillAsync(rig.Spine.Email);
        await page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
        await page.Locator("omni-live[data-up]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }
}

using Omni.Tests.Support;

namespace Omni.Tests.Browser.Widget;

/// <summary>A visitor's message while the server is away.</summary>
[Collection("Browser")]
public sealed class WidgetRestartTests(BrowserFixture browsers, WidgetRig rig) : IClassFixture<WidgetRig>
{
    [Fact]
    public async Task What_is_written_while_the_server_is_away_is_kept_over_a_reload_and_sent_once()
    {
        var account = await rig.CreateAsync("Restart");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var page = await visitor.OpenAsync(rig.Site.Put("/restart", new HostPage(rig.Snippet(account))));
        var chat = await Visitor.ChatAsync(page);
        await Visitor.WriteAsync(chat, "Before");
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(account)).Count == 1, "the first message arrived");

        await rig.Spine.Omni.KillAsync();
        await Visitor.WriteAsync(chat, "While it was away");
        await chat.GetByText("Not sent yet. It is kept").WaitForAsync();
        await chat.GetByText("Reconnecting. What you write is kept.").WaitForAsync();
        await WidgetRig.PictureAsync(page, "away");
        await chat.Locator(".line textarea").FillAsync("Half a sentence");
        await rig.Spine.RestartAsync();
        await page.ReloadAsync();

        chat = page.Locator("dialog.panel");
        await chat.Locator(".own").GetByText("While it was away").WaitForAsync();
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(account)).SequenceEqual(["in: Before", "in: While it was away"]), "both messages arrived once");
        await Microsoft.Playwright.Assertions.Expect(chat.Locator(".own")).ToHaveCountAsync(2);
        Assert.Equal("Half a sentence", await chat.Locator(".line textarea").InputValueAsync());
        await rig.AnswerAsync(account, "Back again");
        await chat.GetByText("Back again").WaitForAsync();
    }

    [Fact]
    public async Task A_page_that_stays_open_goes_on_by_itself()
    {
        var account = await rig.CreateAsync("Restart open");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var chat = await Visitor.ChatAsync(await visitor.OpenAsync(rig.Site.Put("/restart-open", new HostPage(rig.Snippet(account)))));
        await Visitor.WriteAsync(chat, "Before");
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(account)).Count == 1, "the first message arrived");
        await rig.Spine.Omni.TerminateAsync();
        await Visitor.WriteAsync(chat, "While it was away");
        await chat.GetByText("Not sent yet. It is kept").WaitForAsync();
        await rig.Spine.RestartAsync();
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(account)).SequenceEqual(["in: Before", "in: While it was away"]), "both messages arrived once", TimeSpan.FromSeconds(60));
        await rig.AnswerAsync(account, "Back again");
        await chat.GetByText("Back again").WaitForAsync(new() { Timeout = 60_000 });
        await Microsoft.Playwright.Assertions.Expect(chat.Locator(".own")).ToHaveCountAsync(2);
    }
}

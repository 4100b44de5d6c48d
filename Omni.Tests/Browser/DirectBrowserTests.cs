using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;
using static Microsoft.Playwright.Assertions;
using Names = Omni.Core.Common.Names;

namespace Omni.Tests.Browser;

/// <summary>Messenger, Instagram, TikTok and Reddit in a real browser on the real program.</summary>
[Collection("Browser")]
public sealed class DirectBrowserTests(BrowserFixture fixture, DirectBrowserRig rig) : IClassFixture<DirectBrowserRig>
{
    [Theory]
    [InlineData(ChannelKind.Messenger)]
    [InlineData(ChannelKind.Instagram)]
    [InlineData(ChannelKind.TikTok)]
    public async Task A_pretend_customer_writes_is_answered_and_reads(ChannelKind kind)
    {
        var made = await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/channels", new { kind = Names.Of(kind), sandbox = true });
        var inbox = await SignInAsync();
        var play = await inbox.Context.NewPageAsync();
        await play.GotoAsync($"/sandbox/{(string)made!["id"]!}");
        await ReadyAsync(play);
        await play.Locator(".phone__write input").FillAsync($"Is my tent pole covered, {kind}?");
        await play.Keyboard.PressAsync("Enter");
        await play.Locator(".phone .msg--out").Filter(new() { HasText = "tent pole" }).WaitForAsync();

        await inbox.GotoAsync("/inbox/unassigned");
        var row = inbox.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Nora Berg") }).Filter(new() { HasText = $"covered, {kind}?" });
        await row.ClickAsync();
        await inbox.Locator(".bubble").GetByText("tent pole").WaitForAsync();
        await inbox.Locator("omni-composer textarea").FillAsync("It is, Nora.");
        await inbox.Keyboard.PressAsync("Control+Enter");
        await Expect(play.Locator(".phone .bubble").GetByText("It is, Nora.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(inbox.Locator(".msg--out").Filter(new() { HasText = "It is, Nora." }).GetByText("Read", new() { Exact = true })).ToBeAttachedAsync(new() { Timeout = 20_000 });
        await Expect(inbox.Locator(".msg--out").Filter(new() { HasText = "It is, Nora." })).ToHaveCountAsync(1);

        await play.GetByRole(AriaRole.Button, new() { Name = "Attach" }).ClickAsync();
        await play.GetByRole(AriaRole.Menuitem, new() { Name = "Photo" }).ClickAsync();
        await Expect(inbox.Locator(".msg > .bubble--media img")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await SettingsRig.PictureAsync(inbox, $"direct-inbox-{kind}");
        await SettingsRig.PictureAsync(play, $"direct-sandbox-{kind}");
        await Axe.HoldsAsync(play, $"sandbox of {kind}");
    }

    [Fact]
    public async Task A_page_is_connected_by_its_token()
    {
        var account = rig.Accounts[ChannelKind.Messenger];
        var page = await SignInAsync();
        await page.GotoAsync("/settings/channels");
        await ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a channel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Messenger", Exact = true }).ClickAsync();
        await SettingsRig.PictureAsync(page, "direct-connect-messenger");
        await Axe.HoldsAsync(page, "form for a page");
        await page.GetByLabel("Page ID").FillAsync("700100200300999");
        await page.GetByLabel("Page access token").FillAsync(account.AccessToken);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and test" }).ClickAsync();
        await Expect(page.Locator("[name=pageId]")).ToHaveAttributeAsync("aria-invalid", "true");

        await page.GetByLabel("Page ID").FillAsync(account.PhoneNumberId);
        await page.GetByLabel("Page access token").FillAsync(account.AccessToken);
        await page.GetByLabel("People may answer for seven days").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and test" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("Callback URL").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".ch").Filter(new() { HasText = "Fjord Tents" }).First.WaitForAsync();
        Assert.Equal("true", await rig.Spine.QueryAsync<string>($"select settings ->> 'humanAgent' from channels where external_account_id = '{account.PhoneNumberId}'"));
        await page.GetByRole(AriaRole.Button, new() { Name = "More for Fjord Tents", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Fetch missed messages" }).ClickAsync();
        await page.GetByText("were looked through").WaitForAsync();
        await SettingsRig.PictureAsync(page, "direct-fetched");

        rig.Spine.Platform.Direct.Know("24000000000000081", "Leila Haddad");
        rig.Spine.Platform.Direct.Receive(account, "24000000000000081", "message", new JsonObject { ["text"] = "From the page" });
        await page.GotoAsync("/inbox/unassigned");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") }).WaitForAsync();
    }

    [Fact]
    public async Task An_Instagram_account_is_connected_by_a_login_at_Facebook()
    {
        var page = await SignInAsync();
        await page.GotoAsync("/settings/channels");
        await ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a channel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Instagram", Exact = true }).ClickAsync();
        await SettingsRig.PictureAsync(page, "direct-connect-instagram");
        await Axe.HoldsAsync(page, "form for an Instagram account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in with Facebook and choose" }).ClickAsync();

        var choice = page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("@fjord.tents") });
        await choice.WaitForAsync();
        await ReadyAsync(page);
        await SettingsRig.PictureAsync(page, "direct-choose");
        await Axe.HoldsAsync(page, "choice of an account");
        await choice.ClickAsync();
        await page.Locator(".ch").Filter(new() { HasText = "@fjord.tents" }).WaitForAsync();
        Assert.True(rig.Accounts[ChannelKind.Instagram].Subscribed);
        Assert.DoesNotContain("page-token-4711", await page.ContentAsync(), StringComparison.Ordinal);

        // A login that nobody began, or that was used before, leads nowhere.
        await page.GotoAsync($"/connect/meta?state=made-up&code={DirectSimulator.LoginCode}");
        await page.GetByText("did not work out").WaitForAsync();
    }

    [Fact]
    public async Task A_TikTok_account_is_connected_by_a_login_there()
    {
        var (account, simulator) = (rig.Accounts[ChannelKind.TikTok], rig.Spine.Platform.TikTok);
        var page = await SignInAsync();
        await page.GotoAsync("/settings/channels");
        await ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a channel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "TikTok", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Business ID")).ToBeVisibleAsync();
        await SettingsRig.PictureAsync(page, "direct-connect-tiktok");
        await Axe.HoldsAsync(page, "form for a TikTok account");

        simulator.Scopes = "user.info.basic";
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in with TikTok" }).ClickAsync();
        await page.GetByText("leave everything ticked").WaitForAsync();
        await SettingsRig.PictureAsync(page, "direct-tiktok-refused");
        simulator.Scopes = TikTokSimulator.Granted;
        await page.GotoAsync("/connect/tiktok/start");
        await page.GetByText("@fjord.videos is connected.").WaitForAsync();
        var row = page.Locator(".ch").Filter(new() { HasText = "@fjord.videos" });
        await row.WaitForAsync();
        Assert.DoesNotContain("page-token-4711", await page.ContentAsync(), StringComparison.Ordinal);
        await SettingsRig.PictureAsync(page, "direct-tiktok-connected");

        simulator.Receive(account, "Leila/haddad+01==", "leila.haddad", new JsonObject { ["type"] = "text", ["text"] = new JsonObject { ["body"] = "From a video" } });
        await page.GotoAsync("/inbox/unassigned");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("leila.haddad") }).ClickAsync();
        await page.Locator("omni-composer").GetByText("h 59 m to reply").WaitForAsync();
        await page.Locator("omni-composer textarea").FillAsync("Thanks for watching.");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".msg--out").Filter(new() { HasText = "Thanks for watching." }).GetByText("Read", new() { Exact = true })).ToBeAttachedAsync(new() { Timeout = 20_000 });
        Assert.Single(rig.Spine.Platform.Ledger.Sends, s => s.Text == "Thanks for watching.");
    }

    [Fact]
    public async Task A_Reddit_account_is_connected_by_consent_and_its_messages_come_and_go()
    {
        var reddit = rig.Spine.Server.Reddit;
        var mailbox = reddit.Register(new SimulatedAccount("fjord_tents", "lasting-token-4711", "unused", "") { Kind = ChannelKind.Reddit });
        var page = await SignInAsync();
        await page.GotoAsync("/settings/channels");
        await ReadyAsync(page);
        await ConnectRedditAsync(page);
        await SettingsRig.PictureAsync(page, "reddit-connect");
        await Axe.HoldsAsync(page, "form for a Reddit account");

        // Consent refused at Reddit, then given.
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in with Reddit and connect" }).ClickAsync();
        await page.GetByText("did not work out").WaitForAsync();
        reddit.Consenting = "fjord_tents";
        await page.GotoAsync("/settings/channels");
        await ReadyAsync(page);
        await ConnectRedditAsync(page);
        await page.GetByLabel("Answers to comments and mentions").CheckAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in with Reddit and connect" }).ClickAsync();
        await page.Locator(".ch").Filter(new() { HasText = "u/fjord_tents" }).WaitForAsync();
        await page.GetByText("u/fjord_tents is connected.").WaitForAsync();
        await SettingsRig.PictureAsync(page, "reddit-connected");
        Assert.DoesNotContain("lasting-token-4711", await page.ContentAsync(), StringComparison.Ordinal);

        reddit.Comment(mailbox, "Leila_Reads", "Does the tent hold in rain?", "t3_post1");
        await Eventually.HoldsAsync(
            async () => await rig.Spine.QueryAsync<long>("with hurried as (update channel_polls set next_at = now() where lease_until is null returning 1) select count(*) from hurried") > 0,
            "a look that was under way has ended, and the next one begins");
        await page.GotoAsync("/inbox/unassigned");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila_Reads") }).ClickAsync();
        await page.Locator(".bubble").GetByText("hold in rain?").WaitForAsync();
        await SettingsRig.PictureAsync(page, "reddit-comment");

        // A consent that somebody else began is nobody's here.
        await page.GotoAsync("/connect/reddit");
        await page.GetByText("did not work out").WaitForAsync();
    }

    [Fact]
    public async Task A_pretend_Redditor_writes_and_is_answered()
    {
        var made = await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "reddit", sandbox = true });
        var inbox = await SignInAsync();
        var play = await inbox.Context.NewPageAsync();
        await play.GotoAsync($"/sandbox/{(string)made!["id"]!}");
        await ReadyAsync(play);
        await play.Locator(".phone__write input").FillAsync("Is my order on Reddit known?");
        await play.Keyboard.PressAsync("Enter");
        await play.Locator(".phone .msg--out").Filter(new() { HasText = "order on Reddit" }).WaitForAsync();
        await inbox.GotoAsync("/inbox/unassigned");
        await inbox.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("pretend_person") }).Filter(new() { HasText = "order on Reddit" }).ClickAsync(new() { Timeout = 20_000 });
        await inbox.Locator("omni-composer textarea").FillAsync("It is.");
        await inbox.Keyboard.PressAsync("Control+Enter");
        await Expect(play.Locator(".phone .bubble").GetByText("It is.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(inbox.Locator(".msg--out").Filter(new() { HasText = "It is." }).GetByText("Sent", new() { Exact = true })).ToBeAttachedAsync(new() { Timeout = 20_000 });
        await Eventually.HoldsAsync(async () => await rig.Spine.QueryAsync<long>("select count(*) from messages where text = 'It is.' and external_id like 't4_%'") == 1, "the listing named it");
        await Expect(inbox.Locator(".msg--out").Filter(new() { HasText = "It is." })).ToHaveCountAsync(1);
        foreach (var (width, scheme) in new[] { (1440, ColorScheme.Light), (1024, ColorScheme.Dark), (390, ColorScheme.Light) })
        {
            foreach (var (shown, name) in new[] { (inbox, "inbox"), (play, "sandbox") })
            {
                await shown.SetViewportSizeAsync(width, width < 500 ? 844 : 900);
                await shown.EmulateMediaAsync(new() { ColorScheme = scheme });
                await SettingsRig.PictureAsync(shown, $"reddit-{name}-{width}-{scheme}");
            }
        }

        await Axe.HoldsAsync(play, "sandbox of Reddit");
    }

    private static async Task ConnectRedditAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a channel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Reddit", Exact = true }).ClickAsync();
    }

    private async Task<IPage> SignInAsync()
    {
        var context = await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 1000 }, ColorScheme = ColorScheme.Light });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/signin");
        await page.Locator("input[type=email]").FillAsync(rig.Spine.Email);
        await page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
        return page;
    }

    private static async Task ReadyAsync(IPage page) => await page.WaitForFunctionAsync("() => customElements.get('omni-modal') && window.Blazor?.platform !== null");
}

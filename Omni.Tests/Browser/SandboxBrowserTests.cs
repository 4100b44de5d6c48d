using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Tests.Sandbox;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>The sandbox in a real browser, on the real program, with no platform anywhere.</summary>
[Collection("Browser")]
public sealed class SandboxBrowserTests(BrowserFixture fixture, SandboxRig rig) : IClassFixture<SandboxRig>
{
    [Fact]
    public async Task An_owner_plays_the_customer_and_sees_the_whole_product_work()
    {
        await rig.Spine.QueryAsync<object>("with gone as (update channels set deleted_at = now() where sandbox returning 1) select count(*) from gone"); // whatever other tests made
        await using var context = await OpenAsync(rig.Spine.Omni.Address);
        var (inbox, play) = (await context.NewPageAsync(), await context.NewPageAsync());
        await SignInAsync(play, rig.Spine.Email);
        await play.GetByRole(AriaRole.Link, new() { Name = "Sandbox" }).First.ClickAsync();
        await play.GetByRole(AriaRole.Button, new() { Name = "Start a sandbox" }).WaitForAsync();
        await LookAsync(play, "none");
        await Axe.HoldsAsync(play, "no sandbox yet");
        await ReadyAsync(play);
        await play.GetByRole(AriaRole.Button, new() { Name = "Start a sandbox" }).ClickAsync();
        await Assertions.Expect(play).ToHaveURLAsync(new Regex("/sandbox/[0-9a-f-]+"));

        // There and back: the customer writes, the team answers, ticks on both sides.
        await WriteAsync(play, "Hi, is my tent pole covered?");
        await inbox.GotoAsync("/inbox/unassigned");
        var row = inbox.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Nora Berg") });
        await Assertions.Expect(row.GetByText("Sandbox", new() { Exact = true })).ToBeVisibleAsync();
        await row.ClickAsync();
        await inbox.Locator(".bubble").GetByText("is my tent pole covered?").WaitForAsync();
        await Assertions.Expect(inbox.Locator(".conv__head .chip").GetByText("Sandbox")).ToBeVisibleAsync();
        await AnswerAsync(inbox, "It is, Nora.");
        await Assertions.Expect(play.Locator(".phone .bubble").GetByText("It is, Nora.")).ToBeVisibleAsync();
        await StatusAsync(inbox, "It is, Nora.", "Read");
        await Assertions.Expect(play.Locator(".phone .msg--out .msg__meta").First).ToContainTextAsync("Read");
        await LookAsync(inbox, "inbox");

        // What is unusual.
        foreach (var name in new[] { "Voice note", "Location", "Reaction", "Same twice", "Late by 2 h" })
        {
            await play.Locator(".quick").GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        }

        await play.GetByRole(AriaRole.Button, new() { Name = "Attach" }).ClickAsync();
        await play.GetByRole(AriaRole.Menuitem, new() { Name = "Photo" }).ClickAsync();
        await Assertions.Expect(play.Locator(".phone .bubble--media img")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Assertions.Expect(inbox.Locator(".bubble--media img")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Assertions.Expect(inbox.Locator(".reaction")).ToHaveCountAsync(1);
        await Assertions.Expect(inbox.Locator(".bubble").GetByText("Delivered twice, shown once")).ToHaveCountAsync(1);
        await play.Locator(".hop").Filter(new() { HasText = "Nora Berg: Photo" }).ClickAsync();
        await Assertions.Expect(play.Locator(".raw .chip").GetByText("Signature valid")).ToBeVisibleAsync();
        await ShowAsync(play, "full");
    }

    [Fact]
    public async Task Each_misbehaviour_is_said_in_the_inbox_in_words()
    {
        var channel = await rig.GivenChannelAsync("Spoiled");
        var conversation = await rig.WriteAsync(channel, "Ole Dahl", "Is anybody there?");
        await using var context = await OpenAsync(rig.Spine.Omni.Address);
        var (inbox, play) = (await context.NewPageAsync(), await context.NewPageAsync());
        await SignInAsync(inbox, rig.Spine.Email);
        await inbox.GotoAsync($"/inbox/all/{conversation}");
        await inbox.Locator(".bubble").GetByText("Is anybody there?").WaitForAsync();
        await play.GotoAsync($"/sandbox/{channel}");
        await ReadyAsync(play);

        await SwitchAsync(play, "Slow", true);
        await AnswerAsync(inbox, "slow one");
        await StatusAsync(inbox, "slow one", "Sending");
        await SwitchAsync(play, "Slow", false);
        await StatusAsync(inbox, "slow one", "Read"); // the phone is open

        await SwitchAsync(play, "Lost answer", true);
        await AnswerAsync(inbox, "lost one");
        await Assertions.Expect(Own(inbox, "lost one").GetByText("May have been sent – checking")).ToBeVisibleAsync();
        await LookAsync(inbox, "lost-answer");
        await StatusAsync(inbox, "lost one", "Read");
        await SwitchAsync(play, "Lost answer", false);

        foreach (var (name, status) in new[] { ("Too many requests", "429"), ("Server error", "503") })
        {
            await SwitchAsync(play, name, true);
            await AnswerAsync(inbox, name);
            await StatusAsync(inbox, name, "Waiting");
            await Assertions.Expect(play.Locator(".hop").Filter(new() { HasText = "Refused" }).Filter(new() { HasText = status }).First).ToBeVisibleAsync(new() { Timeout = 15_000 });
            await SwitchAsync(play, name, false);
            await rig.Spine.QueryAsync<object>("with c as (update channels set paused_until = null returning 1), o as (update outbox set not_before = now() returning 1) select 1::bigint"); // the platform's half minute, without waiting for it
            await StatusAsync(inbox, name, "Read");
        }

        await SwitchAsync(play, "Expired token", true);
        await AnswerAsync(inbox, "waits for a token");
        await Assertions.Expect(inbox.Locator("omni-composer")).ToContainTextAsync("must be connected again", new() { Timeout = 15_000 });
        await LookAsync(inbox, "expired-token");
        await LookAsync(play, "expired-token-phone");
        await Axe.HoldsAsync(play, "sandbox with an expired token");
        await play.GetByRole(AriaRole.Button, new() { Name = "Renew the token" }).ClickAsync();
        await StatusAsync(inbox, "waits for a token", "Read");

        await SwitchAsync(play, "Window closed", true);
        await Assertions.Expect(inbox.Locator("omni-composer")).ToContainTextAsync(new Regex("closed|template", RegexOptions.IgnoreCase), new() { Timeout = 15_000 });
        await LookAsync(inbox, "window-closed");
        await SwitchAsync(play, "Window closed", false);
        await AnswerAsync(inbox, "open again");
        await StatusAsync(inbox, "open again", "Read");
    }

    [Fact]
    public async Task Who_may_not_play_is_told_so()
    {
        var invitation = await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email = "bob@example.com", role = "agent" });
        var (status, _) = await rig.TryAsync(HttpMethod.Post, "/api/v1/auth/register", new { email = "bob@example.com", password = SpineRig.Password, displayName = "Bob Lie", invitationToken = (string)invitation!["token"]! });
        Assert.Equal(201, status);
        await using var node = await rig.Spine.StartNodeAsync("--Omni:Sandbox=false");
        foreach (var (address, email, words) in new[] { (rig.Spine.Omni.Address, "bob@example.com", "The sandbox is for owners"), (node.Address, rig.Spine.Email, "There is no sandbox here") })
        {
            await using var context = await OpenAsync(address);
            var page = await context.NewPageAsync();
            await SignInAsync(page, email);
            await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sandbox" })).ToHaveCountAsync(0);
            await page.GotoAsync("/sandbox");
            await page.GetByRole(AriaRole.Heading, new() { Name = words }).WaitForAsync();
            await Axe.HoldsAsync(page, words);
            await LookAsync(page, $"not-allowed-{email.Split('@')[0]}");
        }
    }

    private async Task<IBrowserContext> OpenAsync(Uri address) =>
        await fixture.Browser.NewContextAsync(new() { BaseURL = address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 }, ColorScheme = ColorScheme.Light });

    private static async Task SignInAsync(IPage page, string email)
    {
        await page.GotoAsync("/signin");
        await page.Locator("input[type=email]").FillAsync(email);
        await page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
    }

    private static ILocator Own(IPage inbox, string text) => inbox.Locator(".msg--out").Filter(new() { HasText = text });

    private static async Task SwitchAsync(IPage play, string name, bool on)
    {
        await play.GetByRole(AriaRole.Switch, new() { Name = name, Exact = true }).ClickAsync();
        await Assertions.Expect(play.GetByRole(AriaRole.Switch, new() { Name = name, Exact = true })).ToHaveAttributeAsync("aria-checked", on ? "true" : "false");
    }

    /// <summary>Loaded by the circuit: from here on clicks count.</summary>
    private static async Task ReadyAsync(IPage page) => await page.WaitForFunctionAsync("() => customElements.get('omni-modal')");

    private static async Task WriteAsync(IPage play, string text)
    {
        await play.Locator(".phone__write input").FillAsync(text);
        await play.Keyboard.PressAsync("Enter");
        await play.Locator(".phone .msg--out").Filter(new() { HasText = text }).WaitForAsync();
    }

    private static async Task AnswerAsync(IPage inbox, string text)
    {
        await inbox.Locator("omni-composer textarea").FillAsync(text);
        await inbox.Keyboard.PressAsync("Control+Enter");
        await inbox.Locator(".msg--out").Filter(new() { HasText = text }).WaitForAsync();
    }

    private static Task StatusAsync(IPage inbox, string text, string words) =>
        Assertions.Expect(Own(inbox, text).GetByText(words, new() { Exact = true })).ToBeAttachedAsync(new() { Timeout = 20_000 });

    private static async Task ShowAsync(IPage page, string name)
    {
        foreach (var (width, scheme) in new[] { (1440, ColorScheme.Light), (1440, ColorScheme.Dark), (1024, ColorScheme.Dark), (390, ColorScheme.Light), (390, ColorScheme.Dark), (320, ColorScheme.Light) })
        {
            await page.SetViewportSizeAsync(width, width < 500 ? 844 : 900);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var tab in width < 500 ? new[] { "Behaviour", "Payloads", "Phone" } : [""])
            {
                if (tab.Length > 0)
                {
                    await page.Locator(".sb__tabs").GetByRole(AriaRole.Button, new() { Name = tab }).ClickAsync();
                    await Assertions.Expect(page.Locator(".sb__tabs [aria-current]")).ToContainTextAsync(tab);
                }

                await LookAsync(page, $"{name}-{width}-{scheme}{(tab.Length > 0 ? "-" + tab : "")}".ToLowerInvariant());
                await Axe.HoldsAsync(page, $"sandbox at {width}, {scheme} {tab}");
                Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), $"scrolls sideways at {width}");
            }
        }
    }

    // Pictures for people, only where a folder for them is named.
    private static async Task LookAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"sandbox-{name}.png") });
        }
    }
}

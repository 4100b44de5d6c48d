using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Core.Widget;
using Omni.Tests.Support;

namespace Omni.Tests.Browser.Widget;

/// <summary>The settings of a website chat in a real browser.</summary>
[Collection("Browser")]
public sealed class WidgetSettingsPageTests(BrowserFixture browsers, WidgetRig rig) : IClassFixture<WidgetRig>
{
    [Fact]
    public async Task Everything_about_a_chat_can_be_set_and_stays_set()
    {
        var account = await rig.CreateAsync("Shop");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        await Visitor.WriteAsync(await Visitor.ChatAsync(await visitor.OpenAsync(rig.Site.Put("/seen", new HostPage(rig.Snippet(account))))), "Hello");
        await Eventually.HoldsAsync(async () => (await rig.TalkAsync(account)).Count == 1, "the chat was used");

        await using var context = await browsers.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 1000 } });
        var page = await context.NewPageAsync();
        await SignInAsync(page, $"/settings/channels/widget/{account.Id}");
        await page.GetByText(rig.Site.Origin).First.WaitForAsync();
        await page.GetByText("Installed: last open on").WaitForAsync();
        Assert.Equal(rig.Snippet(account), await page.GetByLabel("Snippet").InputValueAsync());

        await page.GetByLabel("Colour", new() { Exact = true }).FillAsync("#ffe14d");
        await page.GetByText("On a white page the button hardly stands out").WaitForAsync();
        await page.GetByLabel("Colour", new() { Exact = true }).FillAsync("#1f6b4a");
        await page.GetByText("White text on it: 6.4 to 1, easy to read.").WaitForAsync();
        await page.GetByLabel("Heading").FillAsync("Talk with us");
        await page.GetByText("Ask before the chat begins").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Your name" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "E-mail" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Move E-mail up" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a greeting" }).ClickAsync();
        await page.GetByLabel("On pages").FillAsync("/pricing*");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("1 to 300 characters.").WaitForAsync(); // a greeting without words
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Words", Exact = true }).FillAsync("Questions about prices?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("Saved.").WaitForAsync();

        var settings = WidgetSettings.Stored(await rig.Spine.QueryAsync<string>($"select settings::text from channels where id = '{account.Id}'"));
        Assert.Equal("#1f6b4a", settings.Theme.Color);
        Assert.Equal("Talk with us", settings.Greeting.Title);
        Assert.Equal(["email", "name"], settings.PreChat.Fields.Select(f => f.Key));
        Assert.Equal(("/pricing*", "Questions about prices?"), (settings.Proactive[0].Page, settings.Proactive[0].Text));
        Assert.Equal([rig.Site.Origin], settings.Sites);
        Assert.Equal(7, settings.Hours.Count);

        await page.GetByRole(AriaRole.Button, new() { Name = "Make a new secret" }).ClickAsync();
        var secret = await page.GetByLabel("Identity secret").InputValueAsync();
        Assert.Matches("^[0-9a-f]{64}$", secret);
        await IdentifyAsync(account, secret);
    }

    [Fact]
    public async Task Its_pages_break_no_rule_of_accessibility_and_fit_every_width()
    {
        var account = await rig.CreateAsync("Access", new()
        {
            ["preChat"] = System.Text.Json.Nodes.JsonNode.Parse("""{"enabled":true,"fields":[{"key":"topic","label":"Topic","type":"select","required":true,"options":["Order","Repair"]}]}"""),
            ["proactive"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"id":"hi","page":"/pricing*","afterSeconds":5,"text":"Questions?"}]"""),
        });
        await using var context = await browsers.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString() });
        var page = await context.NewPageAsync();
        await SignInAsync(page, "/settings/channels");
        foreach (var (width, scheme) in new[] { (1440, ColorScheme.Light), (1440, ColorScheme.Dark), (390, ColorScheme.Light), (320, ColorScheme.Dark) })
        {
            await page.SetViewportSizeAsync(width, 1000);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var path in new[] { "widget", $"widget/{account.Id}" })
            {
                await page.GotoAsync($"/settings/channels/{path}");
                await page.WaitForFunctionAsync("() => customElements.get('omni-modal')");
                await Assertions.Expect(page.Locator(".bones")).ToHaveCountAsync(0);
                await page.EvaluateAsync("document.querySelectorAll('details').forEach(d => d.open = true)");
                await Axe.HoldsAsync(page, $"{path} at {width}, {scheme}");
                Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth || document.querySelector('.set__main').scrollWidth > document.querySelector('.set__main').clientWidth"), $"{path} scrolls sideways at {width}");
                await page.EvaluateAsync("document.querySelectorAll('details').forEach(d => d.open = false)");
                var height = await page.EvaluateAsync<int>("document.querySelector('.set__main').scrollHeight");
                await page.SetViewportSizeAsync(width, Math.Min(height + 60, 4200));
                await WidgetRig.PictureAsync(page, $"settings-{(path.Length > 6 ? "chat" : "new")}-{width}-{scheme}");
                await page.SetViewportSizeAsync(width, 1000);
            }
        }
    }

    // The proof made with the new secret counts, another one does not.
    private async Task IdentifyAsync(WidgetAccount account, string secret)
    {
        foreach (var (hmac, isIdentified) in new[] { (WidgetKeys.Sign(secret, "4711"), true), (WidgetKeys.Sign("another", "4711"), false) })
        {
            await using var visitor = await Visitor.ComeAsync(browsers.Browser, before: $"window.omniWidget = {{ identifier: '4711', hmac: '{hmac}', name: 'Leila Haddad', email: 'leila@example.com' }}");
            var page = await visitor.OpenAsync(rig.Site.Put("/known", new HostPage(rig.Snippet(account))));
            var answer = page.WaitForResponseAsync(new Regex("/visitors$"));
            await Visitor.ChatAsync(page);
            Assert.Equal(isIdentified ? 201 : 401, (await answer).Status);
        }

        Assert.Equal(1L, await rig.Spine.QueryAsync<long>($"select count(*) from widget_visitors where channel_id = '{account.Id}' and identifier = '4711' and name = 'Leila Haddad'"));
    }

    private async Task SignInAsync(IPage page, string path)
    {
        await page.GotoAsync($"/signin?returnUrl={Uri.EscapeDataString(path)}");
        await page.Locator("input[type=email]").FillAsync(rig.Spine.Email);
        await page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
        await page.WaitForFunctionAsync("() => customElements.get('omni-modal')"); // loaded by the circuit: from here on clicks count
    }
}

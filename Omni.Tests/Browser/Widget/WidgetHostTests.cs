using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Omni.Tests.Support;

namespace Omni.Tests.Browser.Widget;

/// <summary>Pages that do everything to get in a chat's way, phones, keyboards and screen readers.</summary>
[Collection("Browser")]
public sealed class WidgetHostTests(BrowserFixture browsers, WidgetRig rig) : IClassFixture<WidgetRig>
{
    private const string Hostile =
        """
        <style>
          * { all: unset !important; font: 40px/3 serif !important; color: red !important; letter-spacing: 9px !important; transform: rotate(9deg) !important; display: inline !important; pointer-events: none !important; visibility: hidden !important; opacity: .1 !important }
          html { font-size: 3px !important } body { position: relative; z-index: 2147483647 !important; overflow: hidden; filter: blur(1px) }
          .launcher, .panel, .bubble, button, textarea, dialog { width: 1px !important; height: 1px !important; background: lime !important }
          .cover { position: fixed !important; inset: 0; z-index: 2147483647 !important; background: #fdd; pointer-events: auto !important; display: block !important; visibility: visible !important }
        </style>
        """;

    [Fact]
    public async Task A_page_with_hostile_styles_and_the_highest_layer_does_not_change_the_chat()
    {
        var account = await rig.CreateAsync("Hostile");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var page = await visitor.OpenAsync(rig.Site.Put("/hostile", new HostPage(rig.Snippet(account)) { Head = Hostile, Body = "<main><h1>Shop</h1></main><div class=\"cover\"></div>" }));
        var box = await page.Locator(".launcher").BoundingBoxAsync();
        Assert.Equal((56, 56), ((int)box!.Width, (int)box.Height));
        var chat = await Visitor.ChatAsync(page); // a real click: nothing lies above the button
        await Visitor.WriteAsync(chat, "Can you read me?");
        var bubble = chat.Locator(".own .bubble");
        await bubble.WaitForAsync();
        Assert.Equal("14px", await bubble.EvaluateAsync<string>("b => getComputedStyle(b).fontSize"));
        Assert.Equal("rgb(255, 255, 255)", await bubble.EvaluateAsync<string>("b => getComputedStyle(b).color"));
        await WidgetRig.PictureAsync(page, "hostile");
        Assert.Equal(["OmniWidget"], await page.EvaluateAsync<string[]>(
            """
            () => { const f = document.body.appendChild(document.createElement('iframe')); const own = new Set(Object.getOwnPropertyNames(f.contentWindow)); f.remove();
              return Object.getOwnPropertyNames(window).filter(n => !own.has(n) && !/^(\d+|__playwright.*|__pw.*)$/.test(n)); }
            """));
        Assert.Equal("", await page.EvaluateAsync<string>("document.cookie"));
    }

    [Theory]
    [InlineData("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } }); Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError') } });")]
    [InlineData("Object.defineProperty(navigator, 'locks', { value: { request() { return Promise.reject(new DOMException('no', 'SecurityError')) } } }); delete window.BroadcastChannel; delete HTMLElement.prototype.showPopover;")]
    public async Task A_browser_without_storage_or_locks_still_chats(string before)
    {
        var account = await rig.CreateAsync("Without");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser, before: before);
        var chat = await Visitor.ChatAsync(await visitor.OpenAsync(rig.Site.Put("/without", new HostPage(rig.Snippet(account)))));
        await Visitor.WriteAsync(chat, "No storage here");
        await rig.AnswerAsync(account, "It works all the same");
        await chat.GetByText("It works all the same").WaitForAsync();
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_page_that_is_not_allowed_shows_nothing()
    {
        var account = await rig.CreateAsync("Elsewhere");
        await using var other = await HostSite.StartAsync();
        await using var visitor = await Visitor.ComeAsync(browsers.Browser);
        var page = await visitor.Context.NewPageAsync();
        var refused = page.WaitForConsoleMessageAsync(new() { Predicate = m => m.Text.StartsWith("Omni chat is not shown here", StringComparison.Ordinal) });
        await page.GotoAsync(other.Put("/", new HostPage(rig.Snippet(account))));
        await refused;
        Assert.Equal(0, await page.Locator(".launcher").CountAsync());
    }

    [Fact]
    public async Task On_a_phone_the_chat_fills_the_screen_and_the_keyboard_finds_its_way()
    {
        var account = await rig.CreateAsync("Phone");
        await using var visitor = await Visitor.ComeAsync(browsers.Browser, 390, 844);
        var page = await visitor.OpenAsync(rig.Site.Put("/phone", new HostPage(rig.Snippet(account))));
        var chat = await Visitor.ChatAsync(page);
        await Eventually.HoldsAsync(
            async () => await chat.BoundingBoxAsync() is { } box && (0, 0, 390, 844) == ((int)box.X, (int)box.Y, (int)box.Width, (int)box.Height), "the chat has slid over the whole screen");
        await Visitor.WriteAsync(chat, "From the train");
        await chat.Locator(".own").WaitForAsync();
        foreach (var target in await chat.Locator("button:visible").AllAsync())
        {
            var size = (await target.BoundingBoxAsync())!;
            Assert.True(size is { Width: >= 24, Height: >= 24 }, $"{await target.GetAttributeAsync("aria-label")} is {size.Width} × {size.Height}");
        }

        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
        await WidgetRig.PictureAsync(page, "phone");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(chat).ToBeHiddenAsync();
        Assert.Equal("Open chat", await page.EvaluateAsync<string>("document.querySelector('omni-widget').shadowRoot.activeElement.getAttribute('aria-label')"));
        await page.Keyboard.PressAsync("Enter");
        await chat.WaitForAsync();
        Assert.Empty(visitor.Complaints);
    }

    [Theory]
    [InlineData(1440, false, "en-GB", "en")]
    [InlineData(1440, true, "de-DE", "de")]
    [InlineData(390, false, "ar-EG", "ar")]
    [InlineData(390, true, "en-GB", "en")]
    public async Task No_rule_of_accessibility_is_broken(int width, bool dark, string locale, string language)
    {
        var account = await rig.CreateAsync($"Access {width} {language} {dark}", new JsonObject
        {
            ["theme"] = JsonNode.Parse("""{"color":"#1f6b4a"}"""),
            ["preChat"] = JsonNode.Parse("""{"enabled":true,"fields":[{"key":"name","label":"Your name","type":"text","required":true,"options":[]}]}"""),
            ["proactive"] = JsonNode.Parse("""[{"id":"hi","page":"/access*","afterSeconds":0,"text":"The winter inner tent is back in stock. Shall I hold one for you?"}]"""),
        });
        await using var visitor = await Visitor.ComeAsync(browsers.Browser, width, 900, dark, locale);
        var name = $"{width}-{(dark ? "dark" : "light")}-{language}";
        var page = await visitor.OpenAsync(rig.Site.Put($"/access/{name}", new HostPage(rig.Snippet(account))
        {
            Root = $"lang=\"{language}\" dir=\"{(language == "ar" ? "rtl" : "ltr")}\"",
            Head = "<style>:root { color-scheme: light dark } body { font: 16px sans-serif }</style>",
        }));
        await page.Locator(".hello .say").WaitForAsync();
        await Axe.HoldsAsync(page, $"greeting {name}");
        await WidgetRig.PictureAsync(page, $"hello-{name}");
        var chat = await Visitor.ChatAsync(page);
        await chat.Locator(".go").ClickAsync();
        await Axe.HoldsAsync(page, $"form {name}");
        await WidgetRig.PictureAsync(page, $"form-{name}");
        await chat.Locator(".form input").FillAsync("Leila");
        await chat.Locator(".form textarea").FillAsync("Is it warm enough for October?");
        await chat.Locator(".go").ClickAsync();
        await rig.AnswerAsync(account, "Yes, with the closed inner tent: https://example.com/tent");
        await chat.Locator(".msg:not(.own) a").WaitForAsync();
        await Assertions.Expect(chat.Locator(".own .meta")).Not.ToBeEmptyAsync();
        await Axe.HoldsAsync(page, $"talk {name}");
        await chat.Locator(".i-smile").ClickAsync();
        await chat.Locator(".i-more").ClickAsync();
        await Axe.HoldsAsync(page, $"menu {name}");
        await WidgetRig.PictureAsync(page, $"talk-{name}");
        Assert.Equal(language == "ar" ? "rtl" : "ltr", await chat.EvaluateAsync<string>("c => getComputedStyle(c).direction"));
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task The_demo_shop_shows_the_chat_to_anybody_with_the_link()
    {
        var account = await rig.CreateAsync("Demo");
        foreach (var (frame, width, dark) in new[] { ("", 1440, false), ("", 390, true), ("?frame=rtl", 1440, true) })
        {
            await using var visitor = await Visitor.ComeAsync(browsers.Browser, width, 900, dark);
            var page = await visitor.OpenAsync($"{rig.Origin}/demo/{account.SiteKey}{frame}");
            await Axe.HoldsAsync(page, $"demo {frame} {width}");
            var chat = await Visitor.ChatAsync(page);
            await Visitor.WriteAsync(chat, "Trying it");
            await chat.Locator(".own").WaitForAsync();
            await WidgetRig.PictureAsync(page, $"demo-{width}{frame.Replace('?', '-')}");
            Assert.Empty(visitor.Complaints);
        }

        using var http = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync($"{rig.Origin}/demo/{new string('x', 22)}")).StatusCode);
    }
}

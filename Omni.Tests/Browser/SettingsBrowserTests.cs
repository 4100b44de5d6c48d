using Microsoft.Playwright;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>The settings in a real browser, on the real program, with a simulated platform behind it.</summary>
[Collection("Browser")]
public sealed class SettingsBrowserTests(BrowserFixture fixture, DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly string[] Paths = ["", "/profile", "/sessions", "/team", "/channels", "/webhooks"];

    [Fact]
    public async Task Everything_in_the_settings_can_be_done_with_a_browser()
    {
        await using var rig = await SpineRig.StartAsync(database.ConnectionString);
        await using var context = await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 1000 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/signin?returnUrl=%2Fsettings%2Fchannels");
        await page.Locator("input[type=email]").FillAsync(rig.Email);
        await page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Support line" }).WaitForAsync();

        await ConnectAsync(rig, page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).First.ClickAsync();
        await page.GetByText("The token reads").WaitForAsync();
        await LookAsync(page, "channels-tested");

        foreach (var path in Paths)
        {
            foreach (var (width, theme) in new[] { (1440, "light"), (1440, "dark"), (1024, "light"), (390, "dark"), (390, "light"), (320, "light") })
            {
                await page.SetViewportSizeAsync(width, width < 500 ? 844 : 1000);
                await page.GotoAsync($"/settings{path}");
                await page.EvaluateAsync("t => document.documentElement.dataset.theme = t", theme);
                await page.Locator(path.Length > 0 ? ".set__main h1" : ".set__nav h2").WaitForAsync();
                await Assertions.Expect(page.Locator(".bones")).ToHaveCountAsync(0);
                Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), $"/settings{path} scrolls sideways at {width}");
                await LookAsync(page, $"settings{path.Replace('/', '-')}-{width}-{theme}");
            }
        }

        foreach (var path in new[] { "forbidden", "not-found", "error" })
        {
            await page.GotoAsync($"/{path}");
            await page.Locator("h1").WaitForAsync();
            await LookAsync(page, $"lone-{path}");
        }
    }

    private static async Task ConnectAsync(SpineRig rig, IPage page)
    {
        rig.Platform.Register(new SimulatedAccount("700100200300777", "800100200300777", "second-token-4711-abcd", SpineRig.AppSecret));
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a channel" }).ClickAsync();
        await page.GetByLabel("Phone number ID", new() { Exact = true }).FillAsync("700100200300777");
        await page.GetByLabel("WhatsApp business account ID").FillAsync("800100200300777");
        await page.GetByLabel("Access token").FillAsync("a-wrong-token-entirely");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and test" }).ClickAsync();
        await Assertions.Expect(page.Locator("[name=accessToken]")).ToHaveAttributeAsync("aria-invalid", "true");
        await LookAsync(page, "channels-wrong-token");

        await page.GetByLabel("Access token").FillAsync("second-token-4711-abcd");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and test" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByText("Callback URL").WaitForAsync();
        await LookAsync(page, "channels-connected");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(".ch")).ToHaveCountAsync(2);
        Assert.DoesNotContain("second-token-4711", await page.ContentAsync(), StringComparison.Ordinal);
    }

    // Pictures for people, only where a folder for them is named.
    private static async Task LookAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OMNI_TEST_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}

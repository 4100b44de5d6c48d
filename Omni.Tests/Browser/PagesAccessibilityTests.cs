using Microsoft.Playwright;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>The rules of accessibility on the sign-in pages, the settings and the pages of failure, on the real program.</summary>
[Collection("Browser")]
public sealed class PagesAccessibilityTests(BrowserFixture fixture, DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task No_rule_is_broken()
    {
        await using var rig = await SpineRig.StartAsync(database.ConnectionString);
        await using var context = await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Omni.Address.ToString() });
        var page = await context.NewPageAsync();
        await VisitAsync(page, "/signin", "/register", "/forgot-password", "/forbidden", "/not-found", "/nothing-like-this", "/error");

        await page.GotoAsync("/signin");
        await page.Locator("input[type=email]").FillAsync(rig.Email);
        await page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
        await VisitAsync(page, "/settings/profile", "/settings/notifications", "/settings/sessions", "/settings/team", "/settings/channels", "/settings/webhooks");
    }

    private static async Task VisitAsync(IPage page, params string[] paths)
    {
        foreach (var path in paths)
        {
            foreach (var (width, scheme) in new[] { (1440, ColorScheme.Light), (1440, ColorScheme.Dark), (390, ColorScheme.Light) })
            {
                await page.SetViewportSizeAsync(width, 900);
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.GotoAsync(path);
                await page.Locator("h1").First.WaitForAsync();
                await Assertions.Expect(page.Locator(".bones")).ToHaveCountAsync(0);
                await Axe.HoldsAsync(page, $"{path} at {width}, {scheme}");
            }
        }
    }
}

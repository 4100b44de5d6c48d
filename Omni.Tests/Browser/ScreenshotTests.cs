using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>
/// Walks through every page of the real program, on a wide screen and a phone, light and dark: no rule of accessibility is broken, nothing
/// scrolls sideways, one main heading, no complaint in the console. With <c>OMNI_SCREENSHOTS=folder</c> it leaves a picture of each there.
/// </summary>
[Collection("Browser")]
public sealed class ScreenshotTests(BrowserFixture fixture, DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly (string Name, string Path)[] Outside =
    [
        ("signin", "/signin"), ("register", "/register"), ("forgot-password", "/forgot-password"),
        ("forbidden", "/forbidden"), ("not-found", "/not-found"), ("nothing", "/nothing-like-this"), ("error", "/error"),
    ];

    private static readonly (string Name, string Path)[] Inside =
    [
        ("inbox", "/inbox/all"), ("inbox-search", "/inbox/all?q=tent"), ("settings", "/settings"), ("channels", "/settings/channels"), ("team", "/settings/team"),
        ("organization", "/settings/organization"), ("webhooks", "/settings/webhooks"), ("first-steps", "/settings/first-steps"),
        ("profile", "/settings/profile"), ("preferences", "/settings/preferences"), ("sessions", "/settings/sessions"), ("notifications", "/settings/notifications"),
        ("sandbox", "/sandbox"),
    ];

    private readonly List<string> _complaints = [];

    [Fact]
    public async Task Every_page_is_whole_at_every_width_and_in_both_themes()
    {
        await using var rig = await SpineRig.StartAsync(database.ConnectionString);
        await using var context = await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Omni.Address.ToString(), TimezoneId = "Europe/Oslo" });
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            // Pages of failure have the status of the failure, which the console repeats.
            if (message.Type == "error" && !message.Text.Contains("the server responded with a status of", StringComparison.Ordinal))
            {
                _complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
        await VisitAsync(page, Outside);

        await page.GotoAsync("/signin");
        await page.Locator("input[type=email]").FillAsync(rig.Email);
        await page.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
        await FillAsync(rig);
        await VisitAsync(page, Inside);
        await VisitAsync(page, [("conversation", await OpenOneAsync(page))]);
        await ReadFromTheRightAsync(page);
    }

    // Enough for pages to show what they are for.
    private static async Task FillAsync(SpineRig rig)
    {
        await rig.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email = "amara@example.com", role = "agent" });
        await rig.Platform.ReceiveFromCustomerAsync(SpineRig.NumberId, new SimulatedPerson("4790213377", "Leila Haddad"), "Hi! One of the poles on my Fjell 2 tent snapped. Is that covered?");
        await rig.Platform.ReceiveFromCustomerAsync(SpineRig.NumberId, new SimulatedPerson("4790213378", "Tomás Rivera"), "Is the moss-green one back?");
        await rig.UntilAsync("select count(*) from messages", 2);
        await rig.QueryAsync<object>("""
            insert into channel_hours (organization_id, channel_id, hour, received)
            select organization_id, id, date_trunc('hour', now()) - make_interval(days => d), 4 + (d * 7) % 11 from channels, generate_series(1, 13) d; select 1
            """);
    }

    // The pages speak English only so far; names, messages and whole browsers may run from right to left all the same.
    private static async Task ReadFromTheRightAsync(IPage page)
    {
        await page.SetViewportSizeAsync(390, 844);
        foreach (var (_, path) in Inside.Where(p => p.Path.StartsWith("/settings", StringComparison.Ordinal)))
        {
            await page.GotoAsync(path);
            await page.Locator("h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await page.EvaluateAsync("document.documentElement.dir = 'rtl'");
            Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), $"{path} scrolls sideways from right to left");
            await Axe.HoldsAsync(page, $"{path} from right to left");
        }
    }

    private static async Task<string> OpenOneAsync(IPage page)
    {
        await page.SetViewportSizeAsync(1440, 900);
        await page.GotoAsync("/inbox/all");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("Leila Haddad") }).ClickAsync();
        await page.Locator(".bubble").First.WaitForAsync();
        return new Uri(page.Url).PathAndQuery;
    }

    private async Task VisitAsync(IPage page, IEnumerable<(string Name, string Path)> places)
    {
        foreach (var (name, path) in places)
        {
            foreach (var (width, height, scheme) in new[] { (1440, 900, ColorScheme.Light), (1440, 900, ColorScheme.Dark), (390, 844, ColorScheme.Light), (390, 844, ColorScheme.Dark) })
            {
                var what = $"{path} at {width}, {scheme}";
                await page.SetViewportSizeAsync(width, height);
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.GotoAsync(path);
                await page.Locator("h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
                await Assertions.Expect(page.Locator(".bones")).ToHaveCountAsync(0);
                Assert.True(await page.Locator("h1").CountAsync() == 1, $"{what} has not one main heading");
                Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), $"{what} scrolls sideways");
                await Axe.HoldsAsync(page, what);
                Assert.True(_complaints.Count == 0, $"{what}: {string.Join('\n', _complaints)}");
                if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
                {
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}.png") });
                }
            }
        }
    }
}

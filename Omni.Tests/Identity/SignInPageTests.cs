using Microsoft.Playwright;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

/// <summary>The sign-in pages in Chromium. With OMNI_SCREENSHOTS set to a folder, pictures are left there.</summary>
public sealed class SignInPageTests : IAsyncLifetime
{
    private string _database = "";
    private IdentityHost _omni = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async Task InitializeAsync()
    {
        _database = await Database.CreateAsync();
        _omni = await IdentityHost.StartAsync(_database);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("OMNI_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await _omni.DisposeAsync();
        await Database.DropAsync(_database);
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(320, 640, ColorScheme.Dark)]
    public async Task Somebody_makes_the_first_account_signs_out_mistypes_and_signs_in(int width, int height, ColorScheme scheme)
    {
        var page = await _browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, BaseURL = _omni.Address.ToString() });
        await page.GotoAsync("/signin");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set up Omni" })).ToBeVisibleAsync();
        await ShootAsync(page, "register", width, scheme);
        await page.GetByLabel("Your name").FillAsync("Ingrid Solberg");
        await page.GetByLabel("Organization").FillAsync("Skog & Fjell");
        await page.GetByLabel("E-mail").FillAsync("ingrid@skogogfjell.example");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(IdentityHost.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");

        await page.GotoAsync("/organizations");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Skog & Fjell owner" })).ToBeVisibleAsync();
        await page.GotoAsync("/signout");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByText("You are signed out.")).ToBeVisibleAsync();

        await page.GetByLabel("E-mail").FillAsync("ingrid@skogogfjell.example");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("mistyped password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.Equal("text", await page.GetByLabel("Password", new() { Exact = true }).GetAttributeAsync("type"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Four tries left");
        Assert.Equal("ingrid@skogogfjell.example", await page.GetByLabel("E-mail").InputValueAsync());
        await ShootAsync(page, "signin", width, scheme);
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));

        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(IdentityHost.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    private static async Task ShootAsync(IPage page, string name, int width, ColorScheme scheme)
    {
        if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}-{scheme}.png".ToLowerInvariant()) });
        }
    }
}

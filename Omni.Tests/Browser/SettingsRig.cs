using Microsoft.Playwright;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>The real program for the tests of the settings: one connected number on a simulated platform, and a Google and a Reddit of its own. Started once per class.</summary>
public sealed class SettingsRig : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private OAuthServer _oauth = null!;

    internal SpineRig Spine { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _oauth = await OAuthServer.StartAsync();
        Spine = await SpineRig.StartAsync(_database.ConnectionString, [.. _oauth.Settings.Select(s => $"--{s.Key}={s.Value}")]);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Spine.DisposeAsync();
        await _oauth.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A window of its own, signed in.</summary>
    internal async Task<IPage> SignInAsync(IBrowser browser, string? email = null, string password = SpineRig.Password)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = Spine.Omni.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 1000 }, ColorScheme = ColorScheme.Light });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/signin");
        await page.Locator("input[type=email]").FillAsync(email ?? Spine.Email);
        await page.Locator("input[type=password]").FillAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
        return page;
    }

    /// <summary>Keeps a picture for a look by eye when <c>OMNI_SCREENSHOTS</c> names a folder.</summary>
    internal static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OMNI_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }

    /// <summary>A colleague with an account of their own.</summary>
    internal async Task JoinAsync(string email, string role = "agent")
    {
        var invitation = await Spine.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email, role });
        using var http = new HttpClient { BaseAddress = Spine.Omni.Address };
        var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
            http, "/api/v1/auth/register", new { email, password = SpineRig.Password, displayName = email[..email.IndexOf('@', StringComparison.Ordinal)], invitationToken = invitation!["token"]!.GetValue<string>() });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

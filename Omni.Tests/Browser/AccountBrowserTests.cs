using System.Text.RegularExpressions;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using Omni.Core.Identity;
using Omni.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Omni.Tests.Browser;

/// <summary>What a person does with their own account, in a real browser on the real program.</summary>
[Collection("Browser")]
public sealed class AccountBrowserTests(BrowserFixture fixture, SettingsRig rig) : IClassFixture<SettingsRig>
{
    [Fact]
    public async Task A_token_is_shown_once_works_and_ends()
    {
        var page = await OpenAsync("/settings/sessions");
        await page.GetByRole(AriaRole.Button, new() { Name = "New token" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        await Expect(page.Locator("[name=name]")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.GetByLabel("What is it for?").FillAsync("Reports");
        await page.GetByLabel("members:read").CheckAsync();
        await page.GetByLabel("Ends after").SelectOptionAsync("30");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        var token = await page.GetByLabel("Reports", new() { Exact = true }).InputValueAsync();

        using var http = new HttpClient { BaseAddress = rig.Spine.Omni.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/members")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync("/api/v1/channels")).StatusCode);

        await page.ReloadAsync();
        await ReadyAsync(page);
        Assert.DoesNotContain(token, await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Reports" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();
        await page.GetByText("Reports is revoked.").WaitForAsync();
        await Eventually.HoldsAsync(async () => (await http.GetAsync("/api/v1/members")).StatusCode == HttpStatusCode.Unauthorized, "the token no longer counts");
    }

    [Fact]
    public async Task One_session_and_all_other_sessions_are_ended()
    {
        await rig.JoinAsync("sessions@example.com");
        var page = await OpenAsync("/settings/sessions", "sessions@example.com");
        var second = await OpenAsync("/settings/profile", "sessions@example.com");
        await page.ReloadAsync();
        await ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "End the session" }).First.ClickAsync();
        await page.GetByText("is ended.").WaitForAsync();
        // The account was registered by a program, whose session is older than both windows.
        var third = await OpenAsync("/settings/profile", "sessions@example.com");
        await page.ReloadAsync();
        await ReadyAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "End all others" }).ClickAsync();
        await page.GetByText("All other sessions are ended.").WaitForAsync();
        await Expect(page.GetByText("This one")).ToHaveCountAsync(1);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "End the session" })).ToHaveCountAsync(0);
        foreach (var gone in new[] { second, third })
        {
            await Assertions.Expect(gone).ToHaveURLAsync(new Regex(@"/signin\?reason="), new() { Timeout = 15_000 });
        }
    }

    [Fact]
    public async Task Name_picture_and_password_are_changed()
    {
        await rig.JoinAsync("profile@example.com");
        var page = await OpenAsync("/settings/profile", "profile@example.com");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator("[name=displayName]")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Pia Profil");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await page.GetByText("Saved.").WaitForAsync();
        await page.Locator("#avatar").SetInputFilesAsync(new FilePayload { Name = "me.png", MimeType = "image/png", Buffer = Api.Pictures.Png(64, 64) });
        await page.GetByText("Your picture is in place.").WaitForAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Picture" })).ToHaveJSPropertyAsync("complete", true);

        await page.GetByLabel("Present password").FillAsync("not this one");
        await page.GetByLabel("New password").FillAsync("another horse fjord");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Expect(page.Locator("[name=current]")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.GetByLabel("Present password").FillAsync(SpineRig.Password);
        await page.GetByLabel("New password").FillAsync("short");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Expect(page.Locator("[name=new]")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.GetByLabel("New password").FillAsync("another horse fjord");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await page.GetByText("Your password is changed.").WaitForAsync();
        await rig.SignInAsync(fixture.Browser, "profile@example.com", "another horse fjord");
    }

    [Fact]
    public async Task The_second_factor_is_switched_on_renewed_and_off()
    {
        await rig.JoinAsync("totp@example.com");
        var page = await OpenAsync("/settings/profile", "totp@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        var key = await page.GetByLabel("Or type this key").InputValueAsync();
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync("000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await page.GetByText("That code isn’t right").WaitForAsync();
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync(Totp.Code(FromBase32(key), Totp.StepOf(TimeProvider.System.GetUtcNow())));
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Expect(page.Locator(".codes li")).Not.ToHaveCountAsync(0);
        var codes = await page.Locator(".codes li").AllInnerTextsAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have written them down" }).ClickAsync();
        await page.GetByText($"{codes.Count} recovery codes are left.").WaitForAsync();

        // A recovery code opens the account once.
        await using var elsewhere = await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString() });
        var other = await elsewhere.NewPageAsync();
        await other.GotoAsync("/signin");
        await other.Locator("input[type=email]").FillAsync("totp@example.com");
        await other.Locator("input[type=password]").FillAsync(SpineRig.Password);
        await other.Keyboard.PressAsync("Enter");
        await other.Locator("input[autocomplete='one-time-code']").FillAsync(codes[0]);
        await other.Keyboard.PressAsync("Enter");
        await other.Locator(".shell").WaitForAsync();

        await page.ReloadAsync();
        await ReadyAsync(page);
        await page.GetByText($"{codes.Count - 1} recovery codes are left.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New recovery codes…" }).ClickAsync();
        await page.Locator("#f-password").FillAsync(SpineRig.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make new codes" }).ClickAsync();
        await Expect(page.Locator(".codes li")).ToHaveCountAsync(codes.Count);
        Assert.DoesNotContain(codes[1], await page.Locator(".codes li").AllInnerTextsAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "I have written them down" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Switch off…" }).ClickAsync();
        await page.Locator("#f-password").FillAsync("not this one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch off", Exact = true }).ClickAsync();
        await page.GetByText("That is not your password.").WaitForAsync();
        await page.Locator("#f-password").FillAsync(SpineRig.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch off", Exact = true }).ClickAsync();
        await page.GetByText("The authenticator app is off.").WaitForAsync();
    }

    [Fact]
    public async Task Google_and_Reddit_are_linked_sign_in_and_are_unlinked()
    {
        var page = await OpenAsync("/settings/profile");
        foreach (var provider in new[] { "Google", "Reddit" })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = $"Link {provider}" }).ClickAsync();
            await Assertions.Expect(page).ToHaveURLAsync(new Regex("/signin/link$"));
            await SettingsRig.PictureAsync(page, $"link-{provider}");
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("Link") }).ClickAsync();
            await page.Locator(".shell").WaitForAsync();
            await page.GotoAsync("/settings/profile");
            await ReadyAsync(page);
        }

        await SettingsRig.PictureAsync(page, "linked");
        var other = await (await fixture.Browser.NewContextAsync(new() { BaseURL = rig.Spine.Omni.Address.ToString() })).NewPageAsync();
        await other.GotoAsync("/signin");
        await SettingsRig.PictureAsync(other, "ways-in");
        await other.GetByRole(AriaRole.Link, new() { Name = "Reddit" }).ClickAsync();
        await other.Locator(".shell").WaitForAsync();
        foreach (var provider in new[] { "Google", "Reddit" })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = $"Unlink {provider}" }).ClickAsync();
            await page.GetByText($"{provider} is no longer linked.").WaitForAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = $"Link {provider}" }).WaitForAsync();
        }
    }

    [Fact]
    public async Task Preferences_count_on_every_device()
    {
        await rig.JoinAsync("prefs@example.com");
        var page = await OpenAsync("/settings/preferences", "prefs@example.com");
        await page.Locator("#pref-theme").SelectOptionAsync("dark");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.GetByLabel("Rows of the conversation list").SelectOptionAsync("dense");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-density", "dense");
        await page.GetByLabel("Send a reply with").SelectOptionAsync("enter");
        await Expect(page.Locator("omni-prefs")).ToHaveAttributeAsync("sendkey", "enter");
        await page.GetByLabel("Single-key shortcuts").SelectOptionAsync("off");
        await Expect(page.Locator("omni-prefs")).ToHaveAttributeAsync("shortcuts", "off");

        var elsewhere = await OpenAsync("/settings/preferences", "prefs@example.com");
        await Expect(elsewhere.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(elsewhere.Locator("html")).ToHaveAttributeAsync("data-density", "dense");
        Assert.Equal(["enter", "off"], await elsewhere.EvaluateAsync<string[]>("() => [localStorage['omni.send'], localStorage['omni.keys']]"));

        // The small switches of other pages keep them in the account as well.
        await elsewhere.Locator(".top .me").ClickAsync();
        await elsewhere.GetByRole(AriaRole.Button, new() { Name = "Light", Exact = true }).ClickAsync();
        await Expect(elsewhere.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await Eventually.HoldsAsync(
            async () => (await rig.Spine.QueryAsync<string>("select settings::text from users where email = 'prefs@example.com'")).Contains("\"light\"", StringComparison.Ordinal), "the account keeps it");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    }

    private async Task<IPage> OpenAsync(string path, string? email = null)
    {
        var page = await rig.SignInAsync(fixture.Browser, email);
        await page.GotoAsync(path);
        await ReadyAsync(page);
        return page;
    }

    // From here on clicks count: the module is loaded by the circuit.
    private static async Task ReadyAsync(IPage page) => await page.WaitForFunctionAsync("() => customElements.get('omni-modal')");

    private static byte[] FromBase32(string text)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var (bits, value, bytes) = (0, 0, new List<byte>());
        foreach (var letter in text.Replace(" ", "", StringComparison.Ordinal).TrimEnd('='))
        {
            (value, bits) = ((value << 5) | alphabet.IndexOf(letter, StringComparison.Ordinal), bits + 5);
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(value >> bits));
                value &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }
}

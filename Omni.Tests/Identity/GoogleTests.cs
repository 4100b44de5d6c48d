using System.Net;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

/// <summary>Sign-in with Google against a small OAuth server on 127.0.0.1.</summary>
public sealed class GoogleTests : IAsyncLifetime
{
    private string _database = "";
    private GoogleServer _google = null!;
    private IdentityHost _omni = null!;

    public async Task InitializeAsync()
    {
        _database = await Database.CreateAsync();
        _google = await GoogleServer.StartAsync();
        _omni = await IdentityHost.StartAsync(_database, _google.Settings);
        await _omni.RegisterAsync("ann@example.com");
    }

    public async Task DisposeAsync()
    {
        await _omni.DisposeAsync();
        await _google.DisposeAsync();
        await Database.DropAsync(_database);
    }

    [Fact]
    public async Task An_account_is_linked_after_sign_in_and_confirmation_and_then_opens_by_Google_alone()
    {
        using var http = _omni.Client();
        Assert.Equal("/signin?reason=link", await ThroughGoogleAsync(http));
        var signedIn = await BrowserTests.SendAsync(http, "/signin?reason=link", ("Form.Email", "ann@example.com"), ("Form.Password", IdentityHost.Password));
        Assert.Equal("/signin/link", signedIn.Headers.Location!.PathAndQuery());
        Assert.Equal("/", (await BrowserTests.SendAsync(http, "/signin/link")).Headers.Location!.PathAndQuery());

        using var other = _omni.Client();
        Assert.Equal("/", await ThroughGoogleAsync(other));
        Assert.Equal("ann@example.com", (await IdentityHost.DataAsync(await other.GetAsync("/api/v1/users/me")))["email"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_address_that_Google_has_not_verified_cannot_be_linked()
    {
        _google.IsVerified = false;
        using var http = _omni.Client();
        await ThroughGoogleAsync(http);
        await BrowserTests.SendAsync(http, "/signin?reason=link", ("Form.Email", "ann@example.com"), ("Form.Password", IdentityHost.Password));
        Assert.Equal(HttpStatusCode.BadRequest, (await BrowserTests.SendAsync(http, "/signin/link")).StatusCode);
        using var other = _omni.Client();
        Assert.Equal("/signin?reason=link", await ThroughGoogleAsync(other));
    }

    [Fact]
    public async Task An_answer_with_another_browsers_state_is_refused()
    {
        using var victim = _omni.Client();
        using var attacker = _omni.Client();
        var callback = await UntilCallbackAsync(attacker);
        Assert.Equal("/signin?reason=external", (await victim.GetAsync(callback)).Headers.Location!.PathAndQuery());
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        using var http = _omni.Client();
        var callback = await UntilCallbackAsync(http);
        Assert.StartsWith("/signin/external", (await http.GetAsync(callback)).Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
        Assert.Equal("/signin?reason=external", (await http.GetAsync(callback)).Headers.Location!.PathAndQuery());
    }

    private static async Task<Uri> UntilCallbackAsync(HttpClient http)
    {
        var start = await http.GetAsync("/api/v1/auth/google");
        Assert.Equal(HttpStatusCode.Found, start.StatusCode);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        return (await browser.GetAsync(start.Headers.Location)).Headers.Location!;
    }

    private static async Task<string> ThroughGoogleAsync(HttpClient http)
    {
        var back = await http.GetAsync(await UntilCallbackAsync(http));
        return (await http.GetAsync(back.Headers.Location)).Headers.Location!.PathAndQuery();
    }
}

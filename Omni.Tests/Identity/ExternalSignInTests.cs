using System.Net;
using System.Net.Http.Json;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

/// <summary>Sign-in through other services against a small OAuth server on 127.0.0.1.</summary>
public sealed class ExternalSignInTests : IAsyncLifetime
{
    private string _database = "";
    private OAuthServer _server = null!;
    private IdentityHost _omni = null!;
    private Person _ann = null!;

    public async Task InitializeAsync()
    {
        _database = await Database.CreateAsync();
        _server = await OAuthServer.StartAsync();
        _omni = await IdentityHost.StartAsync(_database, _server.Settings);
        _ann = await _omni.RegisterAsync("ann@example.com");
    }

    public async Task DisposeAsync()
    {
        await _omni.DisposeAsync();
        await _server.DisposeAsync();
        await Database.DropAsync(_database);
    }

    [Fact]
    public async Task An_account_is_linked_after_sign_in_and_confirmation_and_then_opens_by_Google_alone()
    {
        using var http = _omni.Client();
        Assert.Equal("/signin?reason=link", await ThroughAsync(http));
        var signedIn = await BrowserTests.SendAsync(http, "/signin?reason=link", ("Form.Email", "ann@example.com"), ("Form.Password", IdentityHost.Password));
        Assert.Equal("/signin/link", signedIn.Headers.Location!.PathAndQuery());
        Assert.Equal("/", (await BrowserTests.SendAsync(http, "/signin/link")).Headers.Location!.PathAndQuery());

        using var other = _omni.Client();
        Assert.Equal("/", await ThroughAsync(other));
        Assert.Equal("ann@example.com", (await IdentityHost.DataAsync(await other.GetAsync("/api/v1/users/me")))["email"]!.GetValue<string>());
    }

    [Fact]
    public async Task Reddit_opens_an_account_only_once_its_owner_has_linked_it()
    {
        using var http = _omni.Client();
        Assert.Equal("/signin?reason=noaccount", await ThroughAsync(http, "reddit"));

        await BrowserTests.SendAsync(http, "/signin", ("Form.Email", "ann@example.com"), ("Form.Password", IdentityHost.Password));
        Assert.Equal("/signin/link", await ThroughAsync(http, "reddit"));
        using (var other = _omni.Client())
        {
            Assert.Equal("/signin?reason=noaccount", await ThroughAsync(other, "reddit")); // coming back is no confirmation yet
        }

        Assert.Equal("/", (await BrowserTests.SendAsync(http, "/signin/link")).Headers.Location!.PathAndQuery());
        using var later = _omni.Client();
        Assert.Equal("/", await ThroughAsync(later, "reddit"));
        Assert.Equal("ann@example.com", (await IdentityHost.DataAsync(await later.GetAsync("/api/v1/users/me")))["email"]!.GetValue<string>());
        Assert.Empty(_server.Wrong);
    }

    [Fact]
    public async Task Somebody_invited_registers_with_Reddit_and_an_address_to_prove()
    {
        using var api = _omni.Client(_ann.Token);
        var invited = await IdentityHost.DataAsync(await api.PostAsJsonAsync("/api/v1/members/invitations", new { email = "bob@example.com", role = "agent" }), HttpStatusCode.Created);
        var invitation = invited["token"]!.GetValue<string>();

        using var http = _omni.Client();
        var register = await ThroughAsync(http, "reddit", invitation);
        Assert.StartsWith("/register?invitation=", register, StringComparison.Ordinal);
        var made = await BrowserTests.SendAsync(http, register, ("Form.DisplayName", "Bob"), ("Form.Email", "bob@example.com"), ("Form.Invitation", invitation));
        Assert.Equal("/", made.Headers.Location!.PathAndQuery());
        var me = await IdentityHost.DataAsync(await http.GetAsync("/api/v1/users/me"));
        Assert.Equal(("bob@example.com", false), (me["email"]!.GetValue<string>(), me["emailVerified"]!.GetValue<bool>()));

        using var later = _omni.Client();
        Assert.Equal("/", await ThroughAsync(later, "reddit"));
    }

    [Fact]
    public async Task An_address_that_Google_has_not_verified_cannot_be_linked()
    {
        _server.IsVerified = false;
        using var http = _omni.Client();
        await ThroughAsync(http);
        await BrowserTests.SendAsync(http, "/signin?reason=link", ("Form.Email", "ann@example.com"), ("Form.Password", IdentityHost.Password));
        Assert.Equal(HttpStatusCode.BadRequest, (await BrowserTests.SendAsync(http, "/signin/link")).StatusCode);
        using var other = _omni.Client();
        Assert.Equal("/signin?reason=link", await ThroughAsync(other));
    }

    [Theory]
    [InlineData("google")]
    [InlineData("reddit")]
    public async Task An_answer_with_another_browsers_state_is_refused(string provider)
    {
        using var victim = _omni.Client();
        using var attacker = _omni.Client();
        var callback = await UntilCallbackAsync(attacker, provider);
        Assert.Equal("/signin?reason=external", (await victim.GetAsync(callback)).Headers.Location!.PathAndQuery());
    }

    [Theory]
    [InlineData("google")]
    [InlineData("reddit")]
    public async Task An_answer_counts_once(string provider)
    {
        using var http = _omni.Client();
        var callback = await UntilCallbackAsync(http, provider);
        Assert.StartsWith("/signin/external", (await http.GetAsync(callback)).Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
        Assert.Equal("/signin?reason=external", (await http.GetAsync(callback)).Headers.Location!.PathAndQuery());
    }

    [Fact]
    public async Task A_service_that_is_not_set_up_is_neither_shown_nor_answered()
    {
        var database = await Database.CreateAsync();
        await using (var bare = await IdentityHost.StartAsync(database, ("Platforms:Reddit:ClientId", "omni-app"), ("Platforms:Reddit:ClientSecret", "secret"), ("Platforms:Reddit:SignIn", "false")))
        {
            await bare.RegisterAsync("ann@example.com");
            using var http = bare.Client();
            var page = await http.GetStringAsync("/signin");
            foreach (var provider in new[] { "google", "reddit" })
            {
                Assert.DoesNotContain($"/api/v1/auth/{provider}", page, StringComparison.Ordinal);
                Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/api/v1/auth/{provider}")).StatusCode);
            }
        }

        await Database.DropAsync(database);
        using var offering = _omni.Client();
        Assert.Contains("/api/v1/auth/reddit", await offering.GetStringAsync("/signin"), StringComparison.Ordinal);
    }

    private static async Task<Uri> UntilCallbackAsync(HttpClient http, string provider, string invitation = "")
    {
        var start = await http.GetAsync($"/api/v1/auth/{provider}?invitation={invitation}");
        Assert.Equal(HttpStatusCode.Found, start.StatusCode);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        return (await browser.GetAsync(start.Headers.Location)).Headers.Location!;
    }

    private static async Task<string> ThroughAsync(HttpClient http, string provider = "google", string invitation = "")
    {
        var back = await http.GetAsync(await UntilCallbackAsync(http, provider, invitation));
        return (await http.GetAsync(back.Headers.Location)).Headers.Location!.PathAndQuery();
    }
}

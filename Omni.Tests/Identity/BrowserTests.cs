using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Omni.Core.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Identity;

/// <summary>What a browser does, by plain HTTP: forms, cookies, origins.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    private string _database = "";
    private IdentityHost _omni = null!;

    public async Task InitializeAsync()
    {
        _database = await Database.CreateAsync();
        _omni = await IdentityHost.StartAsync(_database);
    }

    public async Task DisposeAsync()
    {
        await _omni.DisposeAsync();
        await Database.DropAsync(_database);
    }

    [Fact]
    public async Task The_first_account_is_made_by_form_and_only_one_of_fifty_at_once_is_first()
    {
        var registration = _omni.Get<RegistrationService>();
        var local = new Caller(IPAddress.Loopback, "test", IsLocal: true);
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            registration.RegisterAsync(new Registration($"p{i}@example.com", IdentityHost.Password, $"P {i}", "Org"), SessionKind.Browser, local, default)));
        Assert.Equal(1, results.Count(r => r.Succeeded(out _, out _)));
    }

    [Fact]
    public async Task From_elsewhere_the_first_account_needs_the_set_up_code()
    {
        using var http = _omni.Client();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        object Body(string? code) => new { email = "ann@example.com", password = IdentityHost.Password, displayName = "Ann", organizationName = "Org", setupCode = code };
        Assert.Equal(1009, await IdentityHost.CodeAsync(await http.PostAsJsonAsync("/api/v1/auth/register", Body(null)), HttpStatusCode.Forbidden));
        Assert.Equal(1009, await IdentityHost.CodeAsync(await http.PostAsJsonAsync("/api/v1/auth/register", Body("AAAA-AAAA-AAAA")), HttpStatusCode.Forbidden));
        await IdentityHost.DataAsync(await http.PostAsJsonAsync("/api/v1/auth/register", Body(_omni.Get<SetupCode>().Value.ToLowerInvariant())), HttpStatusCode.Created);
        // the second one needs an invitation
        Assert.Equal(1008, await IdentityHost.CodeAsync(await http.PostAsJsonAsync("/api/v1/auth/register", new { email = "bo@example.com", password = IdentityHost.Password, displayName = "Bo", organizationName = "Org" }), HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task A_form_signs_in_and_out()
    {
        await _omni.RegisterAsync("ann@example.com");
        using var http = _omni.Client();
        var wrong = await SendAsync(http, "/signin", ("Form.Email", "ann@example.com"), ("Form.Password", "wrong password!"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var page = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync());
        Assert.Contains("E-mail or password isn’t right. Four tries left.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"ann@example.com\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong password!", page, StringComparison.Ordinal);

        await SignInAsync(http);
        await IdentityHost.DataAsync(await http.GetAsync("/api/v1/users/me"));

        Assert.Equal("/signin?reason=signedOut", (await SendAsync(http, "/signout")).Headers.Location!.PathAndQuery());
        Assert.Equal(401, await IdentityHost.CodeAsync(await http.GetAsync("/api/v1/users/me"), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task After_sign_in_the_browser_goes_only_to_this_site()
    {
        await _omni.RegisterAsync("ann@example.com");
        using var http = _omni.Client();
        var answer = await SendAsync(http, "/signin?returnUrl=//evil.example/", ("Form.Email", "ann@example.com"), ("Form.Password", IdentityHost.Password));
        Assert.Equal("/", answer.Headers.Location!.PathAndQuery());
        Assert.True(!answer.Headers.Location!.IsAbsoluteUri || answer.Headers.Location.Host == "127.0.0.1");
    }

    [Fact]
    public async Task With_a_cookie_the_API_changes_nothing_without_the_antiforgery_token()
    {
        await _omni.RegisterAsync("ann@example.com");
        using var http = _omni.Client();
        await SignInAsync(http);
        Assert.Equal(400, await IdentityHost.CodeAsync(await http.PatchAsJsonAsync("/api/v1/users/me", new { displayName = "Eve" }), HttpStatusCode.BadRequest));

        var token = (await IdentityHost.DataAsync(await http.GetAsync("/api/v1/auth/antiforgery")))["token"]!.GetValue<string>();
        http.DefaultRequestHeaders.Add("X-CSRF-TOKEN", token);
        await IdentityHost.DataAsync(await http.PatchAsJsonAsync("/api/v1/users/me", new { displayName = "Ann B" }));
    }

    [Theory]
    [InlineData("https://evil.example", "negotiate", HttpStatusCode.Forbidden)]
    [InlineData(null, "negotiate", HttpStatusCode.Forbidden)]
    [InlineData("null", "negotiate", HttpStatusCode.Forbidden)]
    [InlineData("own", "negotiate", HttpStatusCode.OK)]
    public async Task A_circuit_is_negotiated_only_from_this_site(string? origin, string path, HttpStatusCode expected)
    {
        await _omni.RegisterAsync("ann@example.com");
        using var http = _omni.Client();
        await SignInAsync(http);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/_blazor/{path}?negotiateVersion=1");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "own" ? _omni.Address.GetLeftPart(UriPartial.Authority) : origin);
        }

        Assert.Equal(expected, (await http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData(null)]
    public async Task A_circuits_socket_or_poll_from_elsewhere_is_refused(string? origin)
    {
        using var http = _omni.Client();
        using var poll = new HttpRequestMessage(HttpMethod.Get, "/_blazor?id=x");
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        if (origin is not null)
        {
            poll.Headers.Add("Origin", origin);
            socket.Options.SetRequestHeader("Origin", origin);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(poll)).StatusCode);
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_omni.Address.Port}/_blazor"), default));
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    internal static async Task<HttpResponseMessage> SendAsync(HttpClient http, string path, params (string Name, string Value)[] fields)
    {
        var page = await http.GetStringAsync(path);
        var hidden = Regex.Matches(page, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"").Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
        return await http.PostAsync(path, new FormUrlEncodedContent(hidden.Concat(fields).Select(f => new KeyValuePair<string, string>(f.Item1, f.Item2))));
    }

    private static async Task SignInAsync(HttpClient http)
    {
        var answer = await SendAsync(http, "/signin", ("Form.Email", "ann@example.com"), ("Form.Password", IdentityHost.Password));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }
}

internal static class Locations
{
    internal static string PathAndQuery(this Uri location) => location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
}

using Omni.Tests.Support;

namespace Omni.Tests.Operations;

public sealed class SecurityHeadersTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Every_answer_carries_a_strict_policy_with_the_pages_own_nonce()
    {
        await using var host = await OperationsHost.StartAsync(database.ConnectionString, null, "--Omni:Roles=web");
        using var response = await host.Http.GetAsync("/page");
        var nonce = await response.Content.ReadAsStringAsync();
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Contains($"script-src 'self' 'nonce-{nonce}';", policy);
        Assert.StartsWith("default-src 'none'; ", policy);
        Assert.Contains("style-src 'self' 'unsafe-inline';", policy);
        Assert.Contains($"connect-src 'self' ws://{host.Http.BaseAddress!.Authority};", policy);
        Assert.EndsWith("frame-ancestors 'self'", policy);
        Assert.DoesNotContain("unsafe-eval", policy);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("strict-origin-when-cross-origin", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("geolocation=()", response.Headers.GetValues("Permissions-Policy").Single());
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
        Assert.False(response.Headers.Contains("Server"));

        using var missing = await host.Http.GetAsync("/no-such-page");
        Assert.NotEqual(policy, missing.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task An_endpoint_keeps_a_policy_of_its_own()
    {
        await using var host = await OperationsHost.StartAsync(database.ConnectionString, null, "--Omni:Roles=web");
        using var response = await host.Http.GetAsync("/own-policy");

        Assert.Equal("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Forwarded_headers_count_from_trusted_proxies_only()
    {
        await using var open = await OperationsHost.StartAsync(database.ConnectionString, null, "--Omni:Roles=web");
        await using var behind = await OperationsHost.StartAsync(database.ConnectionString, null, "--Omni:Roles=web", "--Omni:TrustedProxies=127.0.0.0/8");

        Assert.Equal("127.0.0.1 http", await WhoAsync(open));
        Assert.Equal("203.0.113.9 https", await WhoAsync(behind));
    }

    [Fact]
    public async Task Over_https_browsers_are_told_to_stay_there()
    {
        await using var host = await OperationsHost.StartAsync(database.ConnectionString, null, "--Omni:Roles=web", "--Omni:TrustedProxies=127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/page") { Headers = { { "X-Forwarded-Proto", "https" } } };
        using var response = await host.Http.SendAsync(request);

        Assert.Equal("max-age=31536000", response.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.Contains("wss://", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    private static async Task<string> WhoAsync(OperationsHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who") { Headers = { { "X-Forwarded-For", "203.0.113.9" }, { "X-Forwarded-Proto", "https" } } };
        using var response = await host.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}

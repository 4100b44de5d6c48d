using System.Net;
using System.Net.Http.Headers;
using Omni.Tests.Support;

namespace Omni.Tests.Operations;

public sealed class MetricsAccessTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Token = "a-token-for-the-monitor";

    [Fact]
    public async Task This_machine_reads_own_and_framework_metrics()
    {
        await using var host = await OperationsHost.StartAsync(database.ConnectionString);
        string text = "";
        await Eventually.HoldsAsync(async () => (text = await host.Http.GetStringAsync("/metrics")).Contains("omni_inbound_queue_items{state=\"pending\"} 0"), "the queues are measured");
        text = await host.Http.GetStringAsync("/metrics");

        Assert.Contains("omni_outbox_items 0", text);
        Assert.Contains("http_server_request_duration_seconds_bucket{", text);
        Assert.Contains("kestrel_active_connections{", text);
        Assert.Contains("omni_feed_lag_seconds ", text);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("""^(# (HELP|TYPE|UNIT) [a-zA-Z_:][a-zA-Z0-9_:]* ?.*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*")*\})? [-+0-9.eEInfNa]+)$""", line));
    }

    [Fact]
    public async Task A_caller_that_a_proxy_forwards_is_not_this_machine()
    {
        await using var host = await OperationsHost.StartAsync(database.ConnectionString, null, "--Omni:Roles=web");

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, null));
    }

    [Fact]
    public async Task Others_need_the_token()
    {
        await using var host = await OperationsHost.StartAsync(database.ConnectionString, null, "--Omni:Roles=web", $"--Omni:MetricsToken={Token}");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, Token + "x"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, Token));
    }

    private static async Task<HttpStatusCode> StatusAsync(OperationsHost host, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "203.0.113.9" } } };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        return response.StatusCode;
    }
}

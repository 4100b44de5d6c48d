using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Omni.Infrastructure.Channels.Meta;
using Omni.Tests.Support;
using static Omni.Tests.Support.Deliveries;

namespace Omni.Tests.Channels.Spine;

/// <summary>What strangers and broken platforms post to the real program, over HTTP.</summary>
[Trait("Category", "Database")]
public sealed class BadInputTests(BadInputTests.Running running) : IClassFixture<BadInputTests.Running>
{
    private SpineRig Rig => running.Rig;

    [Fact]
    public async Task A_wrong_missing_or_doubled_signature_is_refused_and_nothing_is_stored()
    {
        var body = Of(Text("sig", "hello"));
        var right = MetaSignature.Sign(body, SpineRig.AppSecret);
        var before = await Rig.QueryAsync<long>("select count(*) from webhook_deliveries");

        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(body, "sha256=" + new string('0', 64))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(body, "nonsense")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(body)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(body, right, right)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync([.. body, (byte)' '], right)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(body, [right], path: $"/webhooks/whatsapp/{Guid.NewGuid()}")).Status);

        Assert.Equal(before, await Rig.QueryAsync<long>("select count(*) from webhook_deliveries"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_body_over_five_megabytes_is_too_large_also_when_its_length_is_not_told(bool chunked)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"object":"whatsapp_business_account","entry":[],"filler":"{{new string('x', 5 << 20)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(body, [MetaSignature.Sign(body, SpineRig.AppSecret)], chunked: chunked)).Status);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"id":"1\u00002","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"7001\u0000"},"messages":[{}]}}]}]}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"\ud800"},"messages":[{}]}}]}]}""")]
    [InlineData("""{"\ud800":1,"object":"whatsapp_business_account"}""")]
    [InlineData("deep")]
    public async Task Whatever_cannot_be_read_is_kept_and_the_next_delivery_flows(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body == "deep" ? string.Concat(Enumerable.Repeat("""{"a":[""", 10_000)) : body);
        var before = await Rig.QueryAsync<long>("select count(*) from webhook_deliveries");

        Assert.Equal(HttpStatusCode.OK, await PostSignedAsync(bytes));

        Assert.Equal(before + 1, await Rig.QueryAsync<long>("select count(*) from webhook_deliveries"));
        Assert.True(await Rig.QueryAsync<long>("select count(*) from inbound_queue where state in ('quarantined', 'unrouted')") > 0);
        await FlowsAsync();
        var log = await Rig.CallAsync(HttpMethod.Get, "/api/v1/webhook-events?limit=5");
        Assert.NotEmpty(log!.AsArray());
    }

    [Theory]
    [InlineData("GET", "/webhooks/nobody", HttpStatusCode.NotFound)]
    [InlineData("POST", "/webhooks", HttpStatusCode.NotFound)]
    [InlineData("POST", "/webhooks/whatsapp/not-an-id", HttpStatusCode.NotFound)]
    [InlineData("GET", "/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1", HttpStatusCode.Forbidden)]
    [InlineData("PUT", "/webhooks/whatsapp", HttpStatusCode.MethodNotAllowed)]
    public async Task What_no_platform_asks_for_is_refused_before_everything_that_is_for_pages(string method, string path, HttpStatusCode expected)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Rig.Omni.Address, path));

        using var response = await http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(response.Headers.Contains("Content-Security-Policy"));
    }

    [Fact]
    public async Task Nul_and_half_characters_in_words_are_replaced_and_the_message_is_shown()
    {
        var body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Of(Text("nul", "MARK"))).Replace("MARK", @"a\u0000b\ud800c", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, await PostSignedAsync(body));

        await Rig.UntilAsync("select count(*) from messages where external_id = 'nul'", 1);
        Assert.Equal("a\uFFFDb\uFFFDc", await Rig.QueryAsync<string>("select text from messages where external_id = 'nul'"));
    }

    [Fact]
    public async Task Bad_items_of_a_body_are_quarantined_and_the_good_ones_applied()
    {
        var body = Of(Text("good1", "one"), new JsonObject { ["type"] = "text" }, Text("good2", "two"), Item(new string('x', 600), "text"), Text("good3", "three"));

        Assert.Equal(HttpStatusCode.OK, await PostSignedAsync(body));

        await Rig.UntilAsync("select count(*) from messages where external_id like 'good%'", 3);
        Assert.Equal(1, await Rig.QueryAsync<long>("select count(*) from inbound_queue where state = 'quarantined' and error like '2 items: %' and items = '{1,3}'"));
        await FlowsAsync();
    }

    [Fact]
    public async Task What_came_for_an_account_before_it_was_connected_is_applied_afterwards()
    {
        Assert.Equal(HttpStatusCode.OK, await PostSignedAsync(To("700100200300777", Text("early", "before you were here"))));
        Assert.Equal("unrouted", await Rig.QueryAsync<string>("select state from inbound_queue where account_id = '700100200300777'"));
        Rig.Platform.Register(new Infrastructure.Channels.Simulator.SimulatedAccount("700100200300777", "800777", "late-token", SpineRig.AppSecret));

        await Rig.CallAsync(HttpMethod.Post, "/api/v1/channels", new
        {
            kind = "whatsapp", name = "Late line", credentials = new { phoneNumberId = "700100200300777", businessAccountId = "800777", accessToken = "late-token" },
        });

        await Rig.UntilAsync("select count(*) from messages where external_id = 'early'", 1);
    }

    private async Task FlowsAsync()
    {
        var id = $"flow-{Guid.NewGuid():N}";
        Assert.Equal(HttpStatusCode.OK, await PostSignedAsync(Of(Text(id, "still flowing"))));
        await Rig.UntilAsync($"select count(*) from messages where external_id = '{id}'", 1, TimeSpan.FromSeconds(10));
    }

    private async Task<HttpStatusCode> PostSignedAsync(byte[] body) => (await PostAsync(body, MetaSignature.Sign(body, SpineRig.AppSecret))).Status;

    private Task<(HttpStatusCode Status, string Body)> PostAsync(byte[] body, params string[] signatures) => PostAsync(body, signatures, false);

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(byte[] body, string[] signatures, bool chunked = false, string path = "/webhooks/whatsapp")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Rig.Omni.Address, path)) { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        foreach (var signature in signatures)
        {
            request.Headers.TryAddWithoutValidation("X-Hub-Signature-256", signature);
        }

        using var http = new HttpClient();
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The program, once for all tests of the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        private readonly DatabaseFixture _database = new();

        internal SpineRig Rig { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await _database.InitializeAsync();
            Rig = await SpineRig.StartAsync(_database.ConnectionString);
        }

        public async Task DisposeAsync()
        {
            await Rig.DisposeAsync();
            await _database.DisposeAsync();
        }
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Tests.Support;

namespace Omni.Tests.Notifications;

/// <summary>The API over HTTP, on the real program.</summary>
public sealed class NotificationsApiTests(NotificationSite site) : IClassFixture<NotificationSite>
{
    [Fact]
    public async Task Notifications_are_paged_read_and_streamed_and_nobody_elses_are_touched()
    {
        using var stream = new StreamReader(await site.BoApi.GetStreamAsync("/api/v1/events?subjects=user:me"));
        var (conversation, _) = await site.WriteToBoAsync("Leila Haddad", "4790213377", "first");
        await UntilAsync(1);
        await HearAsync(stream, "notification.created");
        await site.WriteToBoAsync("Leila Haddad", "4790213377", "second", "third");
        await UntilAsync(3);

        var first = await PageAsync("/api/v1/notifications?limit=2");
        Assert.Equal(["third", "second"], first["data"]!.AsArray().Select(n => n!["text"]!.ToString()));
        var second = await PageAsync($"/api/v1/notifications?limit=2&cursor={first["pagination"]!["nextCursor"]}");
        var only = Assert.Single(second["data"]!.AsArray())!;
        Assert.Equal(("assigned", "Ann Berg assigned Leila Haddad to you"), (only["kind"]!.ToString(), only["title"]!.ToString()));
        Assert.Null(second["pagination"]!["nextCursor"]);
        Assert.StartsWith($"/inbox/all/{conversation}?message=", only["url"]!.ToString());

        var ids = new[] { only["id"]!.GetValue<Guid>(), OmniId.New() };
        Assert.Equal(0, (await site.Rig.CallAsync(HttpMethod.Post, "/api/v1/notifications/read", new { ids }))!["unread"]!.GetValue<int>()); // Ann may name them; they are not hers
        Assert.Equal(3, (await site.CallAsBoAsync(HttpMethod.Get, "/api/v1/notifications/count"))!["unread"]!.GetValue<int>());
        Assert.Equal(2, (await site.CallAsBoAsync(HttpMethod.Post, "/api/v1/notifications/read", new { ids }))!["unread"]!.GetValue<int>());
        Assert.Equal(2, (await PageAsync("/api/v1/notifications?unread=true"))["data"]!.AsArray().Count);
        Assert.Equal(0, (await site.CallAsBoAsync(HttpMethod.Post, "/api/v1/notifications/read", new { all = true }))!["unread"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("POST", "/api/v1/notifications/read", "{}", "ids")]
    [InlineData("GET", "/api/v1/notifications?cursor=nonsense", null, "cursor")]
    [InlineData("PUT", "/api/v1/push-subscriptions", """{"endpoint":"http://10.0.0.1/x","keys":{"p256dh":"","auth":""}}""", "endpoint")]
    [InlineData("PUT", "/api/v1/push-subscriptions", """{"endpoint":"https://push.example/x"}""", "keys.p256dh")]
    [InlineData("PATCH", "/api/v1/users/me/settings", """{"notifications":{"digest":"never"}}""", "notifications.digest")]
    public async Task What_is_wrong_is_named(string method, string path, string? body, string field)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await site.BoApi.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]![field]);
    }

    [Fact]
    public async Task A_browser_is_remembered_and_forgotten_and_the_key_stays_the_same()
    {
        var key = (await site.CallAsBoAsync(HttpMethod.Get, "/api/v1/push-subscriptions/key"))!["publicKey"]!.ToString();
        Assert.Equal(key, (await site.Rig.CallAsync(HttpMethod.Get, "/api/v1/push-subscriptions/key"))!["publicKey"]!.ToString());
        using var browser = new BrowserKeys();
        var subscription = new
        {
            endpoint = "https://push.example/bo", expirationTime = (string?)null,
            keys = new { p256dh = System.Buffers.Text.Base64Url.EncodeToString(browser.PublicKey), auth = System.Buffers.Text.Base64Url.EncodeToString(browser.Secret) },
        };
        await site.CallAsBoAsync(HttpMethod.Put, "/api/v1/push-subscriptions", subscription);
        await site.CallAsBoAsync(HttpMethod.Put, "/api/v1/push-subscriptions", subscription);
        Assert.Equal(1, await site.Rig.QueryAsync<long>("select count(*) from push_subscriptions"));
        await site.Rig.CallAsync(HttpMethod.Delete, "/api/v1/push-subscriptions", new { subscription.endpoint }); // not Ann's
        Assert.Equal(1, await site.Rig.QueryAsync<long>("select count(*) from push_subscriptions"));
        await site.CallAsBoAsync(HttpMethod.Delete, "/api/v1/push-subscriptions", new { subscription.endpoint });
        Assert.Equal(0, await site.Rig.QueryAsync<long>("select count(*) from push_subscriptions"));
    }

    [Fact]
    public async Task Only_members_can_be_named_in_a_note()
    {
        var (conversation, _) = await site.WriteToBoAsync("Tomas Rivera", "4790213388", "hello");
        using var answer = await site.BoApi.PostAsJsonAsync($"/api/v1/conversations/{conversation}/messages", new { kind = "note", text = "@Nobody", mentions = new[] { OmniId.New() } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!["mentions"]);
    }

    private async Task<JsonNode> PageAsync(string path) => JsonNode.Parse(await site.BoApi.GetStringAsync(path))!;

    private Task UntilAsync(int unread) => Eventually.HoldsAsync(
        async () => (await site.CallAsBoAsync(HttpMethod.Get, "/api/v1/notifications/count"))!["unread"]!.GetValue<int>() == unread, $"{unread} unread");

    private static async Task HearAsync(StreamReader stream, string name)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await stream.ReadLineAsync(late.Token) is { } line)
        {
            if (line.Contains(name, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The stream ended without {name}.");
    }
}

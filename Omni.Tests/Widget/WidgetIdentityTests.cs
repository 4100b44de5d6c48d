using System.Net;
using System.Net.Http.Json;
using Omni.Core.Common;
using Omni.Core.Widget;
using Omni.Tests.Api;
using Omni.Tests.Support;

namespace Omni.Tests.Widget;

/// <summary>Who may call, and who is who.</summary>
[Trait("Category", "Database"), Collection(WidgetCollection.Name)]
public sealed class WidgetIdentityTests(WidgetHost host)
{
    [Fact]
    public async Task Only_allowed_sites_and_our_own_may_call_and_preflights_are_answered()
    {
        using var visitor = await host.VisitAsync();
        using var http = host.Client();

        foreach (var origin in new[] { WidgetHost.Shop, "https://a.b.fjord.example", host.Address.GetLeftPart(UriPartial.Authority) })
        {
            var answer = await visitor.SendAsync(HttpMethod.Get, "config", origin: origin);
            Assert.Equal(origin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Contains("Origin", answer.Headers.Vary);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }

        foreach (var origin in new[] { "https://evil.example.com", "http://shop.example.com", "https://shop.example.com.evil.example", "https://fjord.example", "https://xfjord.example", "null" })
        {
            var answer = await visitor.SendAsync(HttpMethod.Post, "messages", new { clientId = OmniId.New(), text = "x" }, origin);
            await answer.ProblemAsync(HttpStatusCode.Forbidden);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }

        using var preflight = new HttpRequestMessage(HttpMethod.Options, $"/widget/{host.SiteKey}/messages");
        preflight.Headers.Add("Origin", WidgetHost.Shop);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,x-omni-visitor");
        using var allowed = await http.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Contains("X-Omni-Visitor", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Contains("POST", allowed.Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.NotEqual("0", allowed.Headers.GetValues("Access-Control-Max-Age").Single());
        var failed = await visitor.SendAsync(HttpMethod.Get, "messages?before=nonsense", origin: WidgetHost.Shop);
        Assert.Equal(WidgetHost.Shop, failed.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task A_token_of_another_site_or_of_nobody_opens_nothing()
    {
        using var visitor = await host.VisitAsync();
        await visitor.SayAsync("mine alone");
        await Eventually.HoldsAsync(async () => (await visitor.HistoryAsync()).Count == 1, "it is there");
        using var nobody = new TestVisitor(host.Client(), host.SiteKey);

        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, "messages", null), (HttpMethod.Get, "events", null), (HttpMethod.Get, "events?poll=1", null), (HttpMethod.Post, "messages", new { clientId = OmniId.New(), text = "x" }),
            (HttpMethod.Post, "typing", new { active = true }), (HttpMethod.Post, "read", new { position = 1 }), (HttpMethod.Post, "transcript", new { email = "a@example.com" }),
        })
        {
            var foreign = await (await visitor.SendAsync(method, path, body, site: host.OtherKey)).ProblemAsync(HttpStatusCode.Unauthorized);
            Assert.Equal("TOKEN_INVALID", foreign["error"]!["name"]!.GetValue<string>());
            await (await nobody.SendAsync(method, path, body)).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        await (await visitor.SendAsync(HttpMethod.Post, "visitors", new { }, site: host.OtherKey)).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await nobody.SendAsync(HttpMethod.Get, "config", site: new string('x', 22))).ProblemAsync(HttpStatusCode.NotFound);
        Assert.DoesNotContain("mine alone", (await (await host.Other.GetAsync("/api/v1/conversations")).DataAsync()).ToJsonString());
    }

    [Fact]
    public async Task A_forged_proof_is_refused_and_changes_nothing()
    {
        using var visitor = await host.VisitAsync(new { name = "Nina" });
        var secret = await SecretAsync();

        foreach (var hmac in new[] { "", "00", WidgetKeys.Sign("another secret", "customer-9"), WidgetKeys.Sign(secret, "customer-8"), WidgetKeys.Sign(secret, "customer-9").ToUpperInvariant() })
        {
            await (await visitor.SendAsync(HttpMethod.Post, "visitors", new { identifier = "customer-9", hmac, name = "Mallory" })).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        Assert.Equal(0, await host.QueryAsync<long>($"select count(*) from widget_visitors where id = '{visitor.Id}' and (identifier is not null or name <> 'Nina')"));
    }

    [Fact]
    public async Task A_person_the_site_proves_finds_the_talk_again_on_another_device()
    {
        var secret = await SecretAsync();
        var proof = new { identifier = "customer-1", hmac = WidgetKeys.Sign(secret, "customer-1"), name = "Olga" };
        using var phone = await host.VisitAsync(proof);
        await phone.SayAsync("from my phone");
        var known = await host.ConversationAsync("from my phone");
        using var laptop = await host.VisitAsync();
        await laptop.ListenAsync();
        await laptop.SayAsync("anonymous on the laptop");
        await host.ConversationAsync("anonymous on the laptop");

        var start = await laptop.BeginAsync(proof);

        Assert.True(start["visitor"]!["identified"]!.GetValue<bool>());
        Assert.Null(start["token"]);
        Assert.Equal(["from my phone", "anonymous on the laptop"], (await laptop.HistoryAsync()).Select(m => m!["text"]!.GetValue<string>()));
        Assert.Equal(["from my phone", "anonymous on the laptop"], (await phone.HistoryAsync()).Select(m => m!["text"]!.GetValue<string>()));
        var joined = await host.ConversationAsync("anonymous on the laptop");
        Assert.Equal(known["id"]!.GetValue<Guid>(), joined["id"]!.GetValue<Guid>());
        await host.ReplyAsync(joined, "to both devices");
        await laptop.HearAsync("message", d => d["message"]!["text"]?.GetValue<string>() == "to both devices");
        await laptop.SayAsync("still the same talk");
        Assert.Equal(known["id"]!.GetValue<Guid>(), (await host.ConversationAsync("still the same talk"))["id"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task Somebody_else_in_the_same_browser_sees_nothing_of_the_first()
    {
        var secret = await SecretAsync();
        using var browser = await host.VisitAsync(new { identifier = "first", hmac = WidgetKeys.Sign(secret, "first") });
        await browser.SayAsync("the first one's talk");
        await host.ConversationAsync("the first one's talk");
        var before = browser.Token;

        await browser.BeginAsync(new { identifier = "second", hmac = WidgetKeys.Sign(secret, "second") });

        Assert.NotEqual(before, browser.Token);
        Assert.Empty(await browser.HistoryAsync());
    }

    [Fact]
    public async Task A_new_secret_ends_the_old_one_and_only_administrators_of_the_organization_make_one()
    {
        var channel = await WidgetHost.ConnectAsync(host.Api, null, "Secrets");
        var (id, key) = (channel["id"]!.GetValue<Guid>(), channel["siteKey"]!.GetValue<string>());
        var path = $"/api/v1/channels/{id}/identity-secret";
        var first = (await (await host.Api.PostAsync(path, null)).DataAsync(HttpStatusCode.Created))["secret"]!.GetValue<string>();
        using var known = await host.VisitAsync(new { identifier = "x", hmac = WidgetKeys.Sign(first, "x") }, key);
        var second = (await (await host.Api.PostAsync(path, null)).DataAsync(HttpStatusCode.Created))["secret"]!.GetValue<string>();

        await (await known.SendAsync(HttpMethod.Post, "visitors", new { identifier = "y", hmac = WidgetKeys.Sign(first, "y") })).ProblemAsync(HttpStatusCode.Unauthorized);
        using var later = await host.VisitAsync(new { identifier = "y", hmac = WidgetKeys.Sign(second, "y") }, key);
        await (await host.Other.PostAsync(path, null)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.DoesNotContain(second, await host.Api.GetStringAsync($"/api/v1/channels/{id}"));
    }

    [Fact]
    public async Task A_chat_that_asks_for_identity_refuses_strangers_and_a_switched_off_one_is_gone()
    {
        var channel = await WidgetHost.ConnectAsync(host.Api, new { identity = new { required = true } }, "Members only");
        var key = channel["siteKey"]!.GetValue<string>();
        using var stranger = new TestVisitor(host.Client(), key);

        await (await stranger.SendAsync(HttpMethod.Post, "visitors", new { })).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await host.Api.DeleteAsync($"/api/v1/channels/{channel["id"]}")).BodyAsync();
        await Eventually.HoldsAsync(async () => (await stranger.SendAsync(HttpMethod.Get, "config")).StatusCode == HttpStatusCode.NotFound, "the chat is gone");
    }

    [Fact]
    public async Task Nobody_can_post_to_a_chat_as_a_platform()
    {
        using var http = host.Client();
        var body = new { siteKey = host.SiteKey, kind = "message", id = OmniId.New(), person = "x", text = "forged", at = 1 };

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsJsonAsync("/webhooks/widget", body)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsJsonAsync($"/webhooks/widget/{host.ChannelId}", body)).StatusCode);
    }

    private async Task<string> SecretAsync() =>
        (await (await host.Api.PostAsync($"/api/v1/channels/{host.ChannelId}/identity-secret", null)).DataAsync(HttpStatusCode.Created))["secret"]!.GetValue<string>();
}

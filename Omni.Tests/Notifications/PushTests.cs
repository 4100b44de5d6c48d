using System.Buffers.Text;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Notifications;
using Omni.Infrastructure.Notifications.Push;

namespace Omni.Tests.Notifications;

/// <summary>Pushes to a push service that checks what comes and a browser that decrypts it.</summary>
[Trait("Category", "Database")]
public sealed class PushTests : IAsyncLifetime
{
    private readonly BrowserKeys _browser = new();
    private PushService _service = null!;
    private NotificationRig _rig = null!;
    private SessionState _session = null!;
    private Guid _conversation;

    private PushWorker Worker => _rig.Node.Get<PushWorker>();

    public async Task InitializeAsync()
    {
        _service = await PushService.StartAsync();
        _rig = await NotificationRig.StartAsync(("Omni:Egress:Allow", "127.0.0.1"));
        _service.ServerKey = await _rig.Node.Get<IPushGateway>().PublicKeyAsync(default);
        _session = await _rig.SignInAsync(_rig.Bo);
        Assert.Null((await SubscribeAsync($"{_service.Address}/phone")).Refusal);
        _conversation = await _rig.WriteAsync("question");
        await _rig.AssignAsync(_rig.Ann, _conversation, _rig.Bo);
        await _rig.UntilToldAsync(_rig.Bo, "assigned");
        await _rig.Node.ExecuteAsync("delete from push_queue");
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _service.DisposeAsync();
        _browser.Dispose();
    }

    [Fact]
    public async Task A_push_says_who_and_what_and_leads_to_the_message()
    {
        var message = await TellAsync("Is that covered? 🎒");
        Assert.Equal(0, await Worker.SendDueAsync(default)); // a moment to see it in Omni
        await SendAsync();

        var push = Assert.Single(_service.Taken);
        Assert.Equal(("phone", "high", _conversation.ToString("N")), (push.Browser, push.Urgency, push.Topic));
        Assert.InRange(push.Seconds, 60, 86_400);
        var said = JsonNode.Parse(_browser.Decrypt(push.Body))!;
        Assert.Equal(("Leila Haddad", "Is that covered? 🎒"), (said["title"]!.ToString(), said["body"]!.ToString()));
        Assert.Equal($"/inbox/all/{_conversation}?message={message}", said["url"]!.ToString());
        Assert.Equal(2, said["unread"]!.GetValue<int>());
        Assert.Equal(0, await Worker.SendDueAsync(default)); // once
    }

    [Fact]
    public async Task Hidden_content_stays_hidden()
    {
        await _rig.SettingsAsync(_rig.Bo, new NotificationSettings { HideContent = true });
        await TellAsync("my card number is 4111");
        await SendAsync();

        var text = System.Text.Encoding.UTF8.GetString(_browser.Decrypt(Assert.Single(_service.Taken).Body));
        Assert.Contains("New message", text);
        Assert.DoesNotContain("4111", text);
        Assert.DoesNotContain("Leila", text);
    }

    [Fact]
    public async Task What_is_seen_meanwhile_or_open_before_the_persons_eyes_is_not_pushed()
    {
        await TellAsync("seen");
        await _rig.Node.Get<IInboxMarks>().ReadAsync(_rig.Bo, _conversation, int.MaxValue, backwards: false, default);
        await SendAsync();
        await _rig.Node.Get<IInboxMarks>().ViewAsync(_rig.Bo, _conversation, _rig.Clock.GetUtcNow().AddSeconds(45), default);
        await TellAsync("on the screen, further down");
        await SendAsync();

        Assert.Equal(0, _service.Tries);
        await _rig.Node.Get<IInboxMarks>().ViewAsync(_rig.Bo, _conversation, null, default);
        await TellAsync("gone again");
        await SendAsync();
        Assert.Single(_service.Taken);
    }

    [Fact]
    public async Task A_service_in_trouble_is_tried_again_and_a_browser_that_is_gone_is_forgotten()
    {
        _service.Answers.Enqueue(503);
        _service.Answers.Enqueue(429);
        await TellAsync("patience");
        await SendAsync();
        Assert.Equal(0, await Worker.SendDueAsync(default)); // not at once
        await SendAsync(TimeSpan.FromMinutes(2));
        await SendAsync(TimeSpan.FromMinutes(5));
        Assert.Equal((3, 1), (_service.Tries, _service.Taken.Count));

        _service.Answers.Enqueue(410);
        await TellAsync("nobody there");
        await SendAsync();
        Assert.Equal("0, 0", await _rig.Node.TextAsync("select (select count(*) from push_subscriptions), (select count(*) from push_queue)"));
    }

    [Fact]
    public async Task Whoever_signed_out_or_left_gets_nothing_more()
    {
        await TellAsync("before");
        await _rig.Node.ExecuteAsync($"delete from memberships where user_id = '{_rig.Bo.UserId}'");
        await SendAsync();
        await _rig.Node.ExecuteAsync($"insert into memberships (organization_id, user_id, role, availability, joined_at) values ('{_rig.Bo.OrganizationId}', '{_rig.Bo.UserId}', 'agent', 'available', now())");
        await TellAsync("signed out");
        await _rig.Node.ExecuteAsync($"update sessions set revoked_at = now() where id = '{_session.SessionId}'");
        await SendAsync();

        Assert.Equal(0, _service.Tries);
        Assert.Equal("0", await _rig.Node.TextAsync("select count(*) from push_subscriptions"));
    }

    [Fact]
    public async Task Addresses_of_the_own_network_are_refused()
    {
        foreach (var (endpoint, field) in new[] { ("https://user@example.com/", "endpoint"), ("ftp://example.com/", "endpoint"), ("http://example.com/x", "endpoint"), ("not an address", "endpoint"), (new string('a', 3_000), "endpoint") })
        {
            Assert.Equal(field, Assert.IsType<Refusal.Invalid>((await SubscribeAsync(endpoint)).Refusal).Field);
        }

        // Which address a name has is known when it is called only; nothing goes there, and the browser is forgotten.
        Assert.Null((await SubscribeAsync("https://10.0.0.1/push")).Refusal);
        await _rig.Node.ExecuteAsync("delete from push_subscriptions where endpoint like '%phone'");
        await TellAsync("inside");
        await SendAsync();
        Assert.Equal("0", await _rig.Node.TextAsync("select count(*) from push_subscriptions"));
    }

    [Fact]
    public async Task Keys_that_are_none_are_refused_by_name()
    {
        var service = _rig.Node.Get<PushSubscriptionService>();
        var point = Base64Url.EncodeToString(_browser.PublicKey);
        var broken = Base64Url.EncodeToString([4, .. new byte[64]]);
        Assert.Equal("keys.p256dh", Field(await service.PutAsync(_session, "https://push.example/1", broken, Base64Url.EncodeToString(_browser.Secret), default)));
        Assert.Equal("keys.p256dh", Field(await service.PutAsync(_session, "https://push.example/1", null, Base64Url.EncodeToString(_browser.Secret), default)));
        Assert.Equal("keys.auth", Field(await service.PutAsync(_session, "https://push.example/1", point, "AAAA", default)));
        Assert.Null((await service.PutAsync(_session, "https://push.example/1", point, Base64Url.EncodeToString(_browser.Secret), default)).Refusal);
        var stored = await _rig.Node.QueryAsync<byte[]>("select auth_secret from push_subscriptions where endpoint like '%push.example%'");
        Assert.True(stored.AsSpan().IndexOf(_browser.Secret) < 0);
    }

    private static string Field(Result<Done> result) => Assert.IsType<Refusal.Invalid>(result.Refusal).Field;

    private Task<Result<Done>> SubscribeAsync(string endpoint) => _rig.Node.Get<PushSubscriptionService>().PutAsync(
        _session, endpoint, Base64Url.EncodeToString(_browser.PublicKey), Base64Url.EncodeToString(_browser.Secret), default);

    /// <summary>The customer writes, and the push waits.</summary>
    private async Task<Guid> TellAsync(string text)
    {
        await _rig.WriteAsync(text);
        var message = await _rig.Node.QueryAsync<Guid>("select id from messages order by id desc limit 1");
        await Support.Eventually.HoldsAsync(
            async () =>
            {
                await _rig.Feed.LookAsync(default);
                return await _rig.Node.QueryAsync<long>($"select count(*) from notifications where message_id = '{message}'") == 1;
            },
            "Bo is told");
        return message;
    }

    private async Task SendAsync(TimeSpan? after = null)
    {
        _rig.Clock.Advance(after ?? TimeSpan.FromSeconds(6));
        await Worker.SendDueAsync(default);
    }
}

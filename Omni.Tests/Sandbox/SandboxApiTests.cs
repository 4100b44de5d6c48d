using Omni.Core.Sandbox;
using Omni.Tests.Support;

namespace Omni.Tests.Sandbox;

/// <summary>Play channels on the real program: signed deliveries to its own webhook address, sends to the pretend platform inside it.</summary>
[Trait("Category", "Database")]
public sealed class SandboxApiTests(SandboxRig rig) : IClassFixture<SandboxRig>
{
    [Fact]
    public async Task A_message_goes_the_whole_way_and_its_answer_comes_back_read()
    {
        var channel = await GivenRoomAsync();
        var conversation = await rig.WriteAsync(channel, "Nora Berg", "Is my tent pole covered?");
        var inbound = Assert.Single(await rig.LinesAsync(channel), l => (string)l["kind"]! == "inbound");
        Assert.Equal(200, inbound["answer"]!["status"]!.GetValue<int>());
        Assert.True(inbound["signed"]!.GetValue<bool>());
        Assert.Equal("received", (string)inbound["omni"]!["status"]!);
        Assert.StartsWith("sha256=", (string)inbound["headers"]!["x-hub-signature-256"]!, StringComparison.Ordinal);
        Assert.Contains("whatsapp_business_account", (string)inbound["body"]!, StringComparison.Ordinal);

        var answer = await rig.AnswerAsync(conversation, "It is, Nora.");
        await rig.UntilStatusAsync(answer, "delivered");
        await rig.Spine.CallAsync(HttpMethod.Post, $"/api/v1/sandbox/{channel}/read", new { contact = new { id = (string)inbound["contact"]!["id"]! } });
        await rig.UntilStatusAsync(answer, "read");
        var send = Assert.Single(await rig.LinesAsync(channel), l => (string)l["kind"]! == "send");
        Assert.Equal("It is, Nora.", (string)send["text"]!);
        Assert.Equal(answer, send["omni"]!["messageId"]!.GetValue<Guid>());
        Assert.Equal(["delivered", "read", "sent"], (await rig.LinesAsync(channel)).Where(l => (string)l["kind"]! == "status").Select(l => (string)l["type"]!).Order());
    }

    [Fact]
    public async Task Everything_a_customer_can_do_arrives_as_what_it_is()
    {
        var channel = await GivenRoomAsync();
        var contact = new { name = "Ole Dahl", id = "99955501" };
        var first = (string)(await rig.PlayAsync(channel, new { contact, text = "First" }))["messageId"]!;
        foreach (var type in new[] { "image", "voice", "document", "location" })
        {
            await rig.PlayAsync(channel, new { contact, type });
        }

        await rig.PlayAsync(channel, new { contact, type = "reaction", text = "👍", aboutId = first });
        await rig.PlayAsync(channel, new { contact, type = "edit", text = "First, mended", aboutId = first });
        await rig.PlayAsync(channel, new { contact, text = "Twice", copies = 2 });
        await rig.PlayAsync(channel, new { contact, text = "Late", ageSeconds = 7200 });
        var gone = (string)(await rig.PlayAsync(channel, new { contact, text = "Oops" }))["messageId"]!;
        await rig.PlayAsync(channel, new { contact, type = "delete", aboutId = gone });

        string Of(string what) => $"select string_agg({what}, ',' order by {what}) from messages where channel_id = '{channel}' and direction = 'in'";
        await Eventually.HoldsAsync(async () => await rig.Spine.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}' and direction = 'in' and deleted_at is null") == 7, "seven messages are left");
        Assert.Equal("audio,file,image,location,text,text,text,text", await rig.Spine.QueryAsync<string>(Of("type")));
        await rig.Spine.UntilAsync($"select count(*) from messages where channel_id = '{channel}' and text = 'First, mended' and edited_at is not null", 1);
        await rig.Spine.UntilAsync($"select count(*) from messages where channel_id = '{channel}' and text = 'Late' and received_at - platform_time > interval '1 hour'", 1);
        var files = $"select coalesce(string_agg(a.type || ' ' || a.state, ', ' order by a.type), '') from attachments a join messages m on m.id = a.message_id where m.channel_id = '{channel}' and a.type <> 'location'";
        var found = "";
        await Eventually.HoldsAsync(async () => (found = await rig.Spine.QueryAsync<string>(files)) == "audio stored, file stored, image stored" || found.Contains("failed", StringComparison.Ordinal), "the files are fetched");
        Assert.Equal("audio stored, file stored, image stored", found);
        await rig.Spine.UntilAsync($"select count(*) from reactions r join messages m on m.id = r.message_id where m.channel_id = '{channel}'", 1);
        Assert.Equal(1, await rig.Spine.QueryAsync<long>($"select count(*) from conversations where channel_id = '{channel}'"));
    }

    [Fact]
    public async Task A_pressed_button_comes_back_with_its_id()
    {
        var channel = await GivenRoomAsync();
        var conversation = await rig.WriteAsync(channel, "Nora Berg", "Hello");
        await rig.Spine.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{conversation}/messages", new
        {
            clientId = Guid.NewGuid(),
            kind = "reply",
            text = "What would you like to do?",
            interactive = new { type = "buttons", body = "What would you like to do?", buttons = new[] { new { id = "damage", title = "Report damage" }, new { id = "track", title = "Track an order" } } },
        });
        await Eventually.HoldsAsync(async () => (await rig.LinesAsync(channel)).Exists(l => l["buttons"] is not null), "the phone has the buttons");
        var send = (await rig.LinesAsync(channel)).First(l => l["buttons"] is not null);
        Assert.Equal("Track an order", (string)send["buttons"]![1]!["title"]!);
        var about = (string)send["messageId"]!;
        var contact = new { name = "Nora Berg", id = (string)send["contact"]!["id"]! };
        Assert.Equal(400, (await rig.TryAsync(HttpMethod.Post, $"/api/v1/sandbox/{channel}/inbound", new { contact, type = "button", aboutId = about, button = "other" })).Status);
        await rig.PlayAsync(channel, new { contact, type = "button", aboutId = about, button = "damage" });
        await rig.Spine.UntilAsync($"select count(*) from messages where channel_id = '{channel}' and direction = 'in' and text = 'Report damage' and payload::text like '%damage%'", 1);
    }

    [Fact]
    public async Task A_lost_answer_makes_a_message_unknown_until_its_status_comes()
    {
        var channel = await GivenRoomAsync();
        var conversation = await rig.WriteAsync(channel, "Nora Berg", "Hello");
        await rig.BehaveAsync(channel, new { lostAnswer = true });
        var answer = await rig.AnswerAsync(conversation, "Did you get this?");
        await rig.UntilStatusAsync(answer, "unknown");
        await rig.UntilStatusAsync(answer, "delivered");
        var send = Assert.Single(await rig.LinesAsync(channel), l => (string)l["kind"]! == "send");
        Assert.Equal(0, send["answer"]!["status"]!.GetValue<int>());
        Assert.NotNull(send["messageId"]);
    }

    [Theory]
    [InlineData("tooManyRequests", 429)]
    [InlineData("serverError", 503)]
    public async Task After_an_error_the_message_waits_and_goes_out_later(string error, int status)
    {
        var channel = await GivenRoomAsync();
        var conversation = await rig.WriteAsync(channel, "Nora Berg", "Hello");
        await rig.BehaveAsync(channel, new { error });
        var answer = await rig.AnswerAsync(conversation, "In a moment.");
        await Eventually.HoldsAsync(async () => (await rig.LinesAsync(channel)).Exists(l => (string)l["kind"]! == "send" && l["answer"]!["status"]!.GetValue<int>() == status), $"a send is answered {status}");
        await rig.UntilStatusAsync(answer, "queued");
        await rig.BehaveAsync(channel, new { });
        await rig.Spine.QueryAsync<object>("with c as (update channels set paused_until = null returning 1), o as (update outbox set not_before = now() returning 1) select 1::bigint"); // the platform's half minute, without waiting for it
        await rig.UntilStatusAsync(answer, "delivered");
    }

    [Fact]
    public async Task An_expired_token_is_mended_by_renewing_and_the_outbox_goes_on()
    {
        var channel = await GivenRoomAsync();
        var conversation = await rig.WriteAsync(channel, "Nora Berg", "Hello");
        await rig.BehaveAsync(channel, new { tokenExpired = true });
        var answer = await rig.AnswerAsync(conversation, "Waiting for the new token.");
        await Eventually.HoldsAsync(async () => (string?)(await rig.Spine.CallAsync(HttpMethod.Get, $"/api/v1/channels/{channel}"))!["status"] == "needsReauth", "the channel needs a new token");
        Assert.Equal(409, (await rig.TryAsync(HttpMethod.Patch, $"/api/v1/channels/{channel}", new { credentials = new { accessToken = "mine" } })).Status);
        await rig.BehaveAsync(channel, new { tokenExpired = false });
        await rig.UntilStatusAsync(answer, "delivered");
        Assert.Equal("connected", (string)(await rig.Spine.CallAsync(HttpMethod.Get, $"/api/v1/channels/{channel}"))!["status"]!);
    }

    [Fact]
    public async Task When_the_pretend_day_has_passed_only_templates_go_out()
    {
        var channel = await GivenRoomAsync();
        var conversation = await rig.WriteAsync(channel, "Nora Berg", "Hello");
        await rig.BehaveAsync(channel, new { windowClosed = true });
        var body = new { clientId = Guid.NewGuid(), kind = "reply", text = "Too late" };
        var (status, problem) = await rig.TryAsync(HttpMethod.Post, $"/api/v1/conversations/{conversation}/messages", body);
        Assert.Equal((409, 2020), (status, problem!["error"]!["code"]!.GetValue<int>()));
        var late = await rig.WriteAsync(channel, "Ole Dahl", "Written long ago");
        Assert.Equal(409, (await rig.TryAsync(HttpMethod.Post, $"/api/v1/conversations/{late}/messages", body)).Status);

        var sent = await rig.Spine.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{late}/messages", new { clientId = Guid.NewGuid(), kind = "reply", template = new { name = "still_there", language = "en", parameters = new { } } });
        await rig.UntilStatusAsync((sent as System.Text.Json.Nodes.JsonArray)?[0]!["id"]!.GetValue<Guid>() ?? sent!["id"]!.GetValue<Guid>(), "delivered");
        await rig.BehaveAsync(channel, new { });
        await rig.UntilStatusAsync(await rig.AnswerAsync(conversation, "Open again"), "delivered");
    }

    [Fact]
    public async Task Nobody_connects_a_pretend_account_as_a_real_one()
    {
        var channel = await GivenRoomAsync();
        var account = (string)(await rig.Spine.CallAsync(HttpMethod.Get, $"/api/v1/channels/{channel}"))!["externalAccountId"]!;
        Assert.True(SandboxIds.Is(account));
        foreach (var (number, business) in new[] { (account, SpineRig.BusinessId), (SpineRig.NumberId, account) })
        {
            var (status, problem) = await rig.TryAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "whatsapp", name = "x", credentials = new { phoneNumberId = number, businessAccountId = business, accessToken = SpineRig.Token } });
            Assert.Equal((400, "This id belongs to the sandbox. No platform has such an account."), (status, (string)problem!["error"]!["message"]!));
        }
    }

    [Fact]
    public async Task A_delivery_can_be_posted_again_and_everything_can_start_over()
    {
        var channel = await GivenRoomAsync();
        await rig.WriteAsync(channel, "Nora Berg", "Once");
        var line = (await rig.LinesAsync(channel))[0];
        var again = await rig.Spine.CallAsync(HttpMethod.Post, $"/api/v1/sandbox/{channel}/ledger/{line["id"]}/deliver");
        Assert.Equal((200, (string)line["body"]!), (again!["answer"]!["status"]!.GetValue<int>(), (string)again["body"]!));
        await rig.Spine.UntilAsync($"select count(*) from inbound_queue where channel_id = '{channel}' and state = 'processed'", 2);
        Assert.Equal(1, await rig.Spine.QueryAsync<long>($"select count(*) from messages where channel_id = '{channel}'"));
        await rig.BehaveAsync(channel, new { slowMs = 500 });
        await rig.Spine.CallAsync(HttpMethod.Delete, $"/api/v1/sandbox/{channel}/ledger");
        Assert.Empty(await rig.LinesAsync(channel));
        Assert.Equal(0, (await rig.Spine.CallAsync(HttpMethod.Get, $"/api/v1/channels/{channel}"))!["settings"]!["sandbox"]!["slowMs"]!.GetValue<int>());
    }

    [Fact]
    public async Task Others_see_nothing_of_it()
    {
        var channel = await GivenRoomAsync();
        using var eve = new HttpClient { BaseAddress = rig.Spine.Omni.Address };
        using var bob = new HttpClient { BaseAddress = rig.Spine.Omni.Address };
        var invitation = await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email = "bob@example.com", role = "admin" });
        await JoinAsync(bob, "bob@example.com", (string)invitation!["token"]!);
        eve.DefaultRequestHeaders.Authorization = rig.Spine.Api.DefaultRequestHeaders.Authorization;
        eve.DefaultRequestHeaders.Add("X-Organization-Id", rig.Spine.OrganizationId.ToString()); // of another organization

        foreach (var (api, expected) in new[] { (eve, 404), (bob, 403) })
        {
            Assert.Equal(expected, (await rig.TryAsync(HttpMethod.Get, $"/api/v1/sandbox/{channel}/ledger", null, api)).Status);
            Assert.Equal(expected, (await rig.TryAsync(HttpMethod.Post, $"/api/v1/sandbox/{channel}/inbound", new { contact = new { name = "x" }, text = "x" }, api)).Status);
            Assert.Equal(expected, (await rig.TryAsync(HttpMethod.Put, $"/api/v1/sandbox/{channel}/behaviour", new { slowMs = 1 }, api)).Status);
            Assert.Equal(expected, (await rig.TryAsync(HttpMethod.Delete, $"/api/v1/sandbox/{channel}/ledger", null, api)).Status);
        }

        Assert.Equal(403, (await rig.TryAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "whatsapp", sandbox = true }, bob)).Status);
        Assert.Equal(404, (await rig.TryAsync(HttpMethod.Get, $"/api/v1/sandbox/{rig.Spine.ChannelId}/ledger", null, eve)).Status); // a real channel is no sandbox
    }

    [Fact]
    public async Task Five_channels_and_twenty_messages_a_minute_are_enough()
    {
        var channel = await GivenRoomAsync();
        for (var i = 2; i <= SandboxService.MostChannels; i++)
        {
            await rig.GivenChannelAsync($"Play {i}");
        }

        Assert.Equal(409, (await rig.TryAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "whatsapp", sandbox = true })).Status);
        await rig.Spine.CallAsync(HttpMethod.Delete, $"/api/v1/channels/{channel}");
        channel = await rig.GivenChannelAsync("Makes room");
        var statuses = new List<int>();
        for (var i = 0; i < 30 && !statuses.Contains(429); i++)
        {
            statuses.Add((await rig.TryAsync(HttpMethod.Post, $"/api/v1/sandbox/{channel}/inbound", new { contact = new { name = "Fast" }, text = $"{i}" })).Status);
        }

        Assert.Equal(429, statuses[^1]);
        Assert.InRange(statuses.Count, SandboxService.Pace.Burst + 1, 30);
    }

    [Fact]
    public async Task Wrong_inputs_are_named()
    {
        var channel = await GivenRoomAsync();
        var path = $"/api/v1/sandbox/{channel}/inbound";
        var ann = new { name = "Ann" };
        foreach (var (field, body) in new (string, object)[]
        {
            ("contact.name", new { text = "x" }), ("contact.id", new { contact = new { name = "Ann", id = "4790000001" }, text = "x" }), ("type", new { contact = ann, type = "fax" }),
            ("text", new { contact = ann, text = " " }), ("aboutId", new { contact = ann, type = "reaction", text = "👍" }), ("aboutId", new { contact = ann, type = "edit", text = "x", aboutId = "nothing" }),
            ("ageSeconds", new { contact = ann, text = "x", ageSeconds = -1 }), ("copies", new { contact = ann, text = "x", copies = 3 }), ("location", new { contact = ann, type = "location", latitude = 91 }),
        })
        {
            var (status, problem) = await rig.TryAsync(HttpMethod.Post, path, body);
            Assert.Equal((400, true), (status, problem!["errors"]!.AsObject().ContainsKey(field)));
        }

        Assert.Equal(400, (await rig.TryAsync(HttpMethod.Put, $"/api/v1/sandbox/{channel}/behaviour", new { slowMs = 15_001 })).Status);
        Assert.Equal(400, (await rig.TryAsync(HttpMethod.Put, $"/api/v1/sandbox/{channel}/behaviour", new { error = "fire" })).Status);
        Assert.Equal(400, (await rig.TryAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "telegram", sandbox = true })).Status);
        Assert.Equal(400, (await rig.TryAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "whatsapp", sandbox = true, credentials = new { accessToken = "x" } })).Status);
    }

    [Fact]
    public async Task Figures_leave_the_sandbox_out()
    {
        var channel = await GivenRoomAsync();
        var before = await FiguresAsync();
        await rig.UntilStatusAsync(await rig.AnswerAsync(await rig.WriteAsync(channel, "Nora Berg", "Hello"), "Hi"), "delivered");
        Assert.Equal(before, await FiguresAsync());
    }

    private async Task<string> FiguresAsync() => string.Join(
        '\n', (await rig.Spine.Api.GetStringAsync("/metrics")).Split('\n').Where(l => l.StartsWith("omni_webhook", StringComparison.Ordinal) || l.StartsWith("omni_sends", StringComparison.Ordinal)));

    /// <summary>A play channel in an organization of its own, so that no test uses up another's limits.</summary>
    private async Task<Guid> GivenRoomAsync()
    {
        rig.Spine.Api.DefaultRequestHeaders.Remove("X-Organization-Id");
        var organization = (await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/organizations", new { name = "Room" }))!["id"]!.GetValue<Guid>();
        rig.Spine.Api.DefaultRequestHeaders.Add("X-Organization-Id", organization.ToString());
        return await rig.GivenChannelAsync();
    }

    private async Task JoinAsync(HttpClient http, string email, string token)
    {
        var (status, body) = await rig.TryAsync(HttpMethod.Post, "/api/v1/auth/register", new { email, password = SpineRig.Password, displayName = "Bob Lie", invitationToken = token }, http);
        Assert.Equal(201, status);
        http.DefaultRequestHeaders.Authorization = new("Bearer", (string)body!["data"]!["accessToken"]!);
    }
}

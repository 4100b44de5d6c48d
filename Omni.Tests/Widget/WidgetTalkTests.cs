using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Tests.Api;
using Omni.Tests.Support;

namespace Omni.Tests.Widget;

/// <summary>A visitor writes, the team answers: through the real program, its queues and its streams.</summary>
[Trait("Category", "Database"), Collection(WidgetCollection.Name)]
public sealed class WidgetTalkTests(WidgetHost host)
{
    [Fact]
    public async Task A_visitor_writes_the_inbox_shows_it_and_the_answer_reaches_the_open_page()
    {
        using var visitor = await host.VisitAsync(new { name = "Kari Nordmann" });
        await visitor.ListenAsync();

        var clientId = await visitor.SayAsync("Does it rain?");
        var own = await visitor.HearAsync("message", d => Text(d) == "Does it rain?");
        var conversation = await host.ConversationAsync("Does it rain?");
        await host.ReplyAsync(conversation, "It pours.");
        var reply = (await visitor.HearAsync("message", d => Text(d) == "It pours."))["message"]!;

        Assert.Equal(clientId, own["message"]!["clientId"]!.GetValue<Guid>());
        Assert.Equal("visitor", own["message"]!["direction"]!.GetValue<string>());
        Assert.Equal("Kari Nordmann", conversation["contact"]!["name"]!.GetValue<string>());
        Assert.Equal("widget", conversation["kind"]!.GetValue<string>());
        Assert.Equal("team", reply["direction"]!.GetValue<string>());
        Assert.Equal("ann", reply["author"]!["name"]!.GetValue<string>());
        var id = reply["id"]!.GetValue<Guid>();
        await Eventually.HoldsAsync(async () => await StatusAsync(id) == "delivered", "the team sees that it was delivered");
        var read = await visitor.SendAsync(HttpMethod.Post, "read", new { position = reply["position"]!.GetValue<long>() });
        Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
        await Eventually.HoldsAsync(async () => await StatusAsync(id) == "read", "the team sees that it was read");
        Assert.Equal(["Does it rain?", "It pours."], (await visitor.HistoryAsync()).Select(m => m!["text"]!.GetValue<string>()));
        Assert.Equal(0, (await visitor.BeginAsync())["unread"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_same_client_id_twice_is_one_message()
    {
        using var visitor = await host.VisitAsync();
        var id = OmniId.New();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => visitor.SayAsync("only once", id)));
        await visitor.SayAsync("and another");

        await Eventually.HoldsAsync(async () => (await visitor.HistoryAsync()).Count > 1, "both are there");
        Assert.Equal(["only once", "and another"], (await visitor.HistoryAsync()).Select(m => m!["text"]!.GetValue<string>()));
    }

    [Fact]
    public async Task History_is_read_page_by_page_in_both_directions()
    {
        using var visitor = await host.VisitAsync();
        foreach (var i in Enumerable.Range(0, 7))
        {
            await visitor.SayAsync($"page {i}");
        }

        await Eventually.HoldsAsync(async () => (await visitor.HistoryAsync()).Count == 7, "all are there");
        var (older, seen) = ("", new List<string>());
        for (var page = 0; page < 4 && (page == 0 || older.Length > 0); page++)
        {
            var body = await (await visitor.SendAsync(HttpMethod.Get, $"messages?limit=3&before={older}")).BodyAsync();
            seen.InsertRange(0, body["data"]!.AsArray().Select(m => m!["text"]!.GetValue<string>()));
            older = body["pagination"]!["nextCursor"]?.GetValue<string>() ?? "";
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"page {i}"), seen);
        var position = (await visitor.HistoryAsync())[4]!["position"]!.GetValue<long>();
        Assert.Equal(["page 5", "page 6"], (await visitor.HistoryAsync($"?after={position}")).Select(m => m!["text"]!.GetValue<string>()));
        Assert.Equal("page 3", (await visitor.HistoryAsync($"?before={position}"))[^1]!["text"]!.GetValue<string>());
        var problem = await (await visitor.SendAsync(HttpMethod.Get, "messages?before=nonsense")).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.NotNull(problem["errors"]!["before"]);
    }

    [Fact]
    public async Task A_stream_that_broke_goes_on_where_it_was_without_repeating_what_came()
    {
        using var first = await host.VisitAsync();
        await first.ListenAsync();
        await first.SayAsync("before the tunnel");
        await first.HearAsync("message", d => Text(d) == "before the tunnel");
        var conversation = await host.ConversationAsync("before the tunnel");
        await first.LeaveAsync();

        await host.ReplyAsync(conversation, "said in the tunnel");
        await Eventually.HoldsAsync(async () => await host.QueryAsync<long>("select count(*) from messages where text = 'said in the tunnel' and status = 'sent'") == 1, "the reply is sent");
        using var again = first.Again(host.Client());
        await again.ListenAsync(first.Cursor);
        await again.HearAsync("message", d => Text(d) == "said in the tunnel");

        Assert.DoesNotContain(again.Events, e => e.Name == "message" && Text(e.Data) == "before the tunnel");
    }

    [Fact]
    public async Task Where_streams_fail_the_page_asks_and_waits_for_the_answer()
    {
        using var visitor = await host.VisitAsync();
        var start = await PollAsync(visitor, "");
        await visitor.SayAsync("by long poll");
        var first = await PollAsync(visitor, start["cursor"]!.GetValue<string>());
        var conversation = await host.ConversationAsync("by long poll");

        var waiting = PollAsync(visitor, first["cursor"]!.GetValue<string>());
        await host.ReplyAsync(conversation, "polled answer");
        var answer = await waiting;

        Assert.Equal("ready", start["events"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("by long poll", Text(first["events"]!.AsArray().Single(e => e!["name"]!.GetValue<string>() == "message")!["data"]!));
        while (!answer["events"]!.AsArray().Any(e => e!["name"]!.GetValue<string>() == "message" && Text(e["data"]!) == "polled answer"))
        {
            answer = await PollAsync(visitor, answer["cursor"]!.GetValue<string>());
        }

        Assert.DoesNotContain(answer["events"]!.AsArray(), e => e!["name"]!.GetValue<string>() == "message" && Text(e["data"]!) == "by long poll");
    }

    [Fact]
    public async Task Typing_and_read_marks_go_both_ways_and_notes_never_leave_the_team()
    {
        using var visitor = await host.VisitAsync(new { name = "Tina Tast" });
        await visitor.ListenAsync();
        await visitor.SayAsync("are you there");
        var conversation = await host.ConversationAsync("are you there");
        var id = conversation["id"]!.GetValue<Guid>();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var team = await host.Api.GetAsync($"/api/v1/events?subjects=conversation:{id}", HttpCompletionOption.ResponseHeadersRead, stop.Token);
        using var lines = new StreamReader(await team.Content.ReadAsStreamAsync(stop.Token));
        await FindAsync(lines, "event: ready", stop.Token);

        Assert.Equal(HttpStatusCode.NoContent, (await visitor.SendAsync(HttpMethod.Post, "typing", new { active = true })).StatusCode);
        await FindAsync(lines, "event: typing.started", stop.Token);
        Assert.Contains("Tina Tast", await lines.ReadLineAsync(stop.Token));
        await host.Api.PostAsJsonAsync($"/api/v1/conversations/{id}/typing", new { mode = "reply" });
        await host.Api.PostAsJsonAsync($"/api/v1/conversations/{id}/read", new { });
        Assert.True((await host.Api.PostAsJsonAsync($"/api/v1/conversations/{id}/messages", new { clientId = OmniId.New(), kind = "note", text = "secret note" })).IsSuccessStatusCode);
        var typing = await visitor.HearAsync("typing", d => d["active"]!.GetValue<bool>());
        var read = await visitor.HearAsync("read");

        Assert.Equal("ann", typing["name"]!.GetValue<string>());
        Assert.True(read["position"]!.GetValue<long>() >= (await visitor.HistoryAsync())[0]!["position"]!.GetValue<long>());
        Assert.Equal("read", (await visitor.HistoryAsync())[0]!["status"]!.GetValue<string>());
        await host.ReplyAsync(conversation, "after the note");
        await visitor.HearAsync("message", d => Text(d) == "after the note");
        Assert.DoesNotContain(visitor.Events, e => e.Data.ToJsonString().Contains("secret note", StringComparison.Ordinal));
        Assert.DoesNotContain((await visitor.HistoryAsync()).ToJsonString(), "secret note");
    }

    [Fact]
    public async Task Markup_in_names_and_messages_stays_text()
    {
        const string markup = "<img src=x onerror=alert(1)> & </script>";
        using var visitor = await host.VisitAsync(new { name = "<b>Bob</b>" });

        await visitor.SayAsync(markup);
        var conversation = await host.ConversationAsync(markup);

        Assert.Equal("<b>Bob</b>", conversation["contact"]!["name"]!.GetValue<string>());
        Assert.Equal(markup, (await visitor.HistoryAsync())[0]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_file_goes_to_the_team_and_its_signed_address_opens_it()
    {
        using var visitor = await host.VisitAsync();
        var picture = Pictures.Png(4, 4);
        var uploaded = await (await visitor.UploadAsync(picture, "../../cat.exe")).DataAsync(HttpStatusCode.Created);
        await visitor.SayAsync("look", attachments: [uploaded["id"]!.GetValue<Guid>()]);
        await host.ConversationAsync("look");
        var file = (await visitor.HistoryAsync())[0]!["attachments"]![0]!;
        var url = file["url"]!.GetValue<string>();
        using var anybody = host.Client();
        using var opened = await anybody.GetAsync(url);

        Assert.Equal(("image/png", "image", "cat.exe"), (uploaded["mime"]!.GetValue<string>(), file["type"]!.GetValue<string>(), file["name"]!.GetValue<string>()));
        Assert.Equal(picture, await opened.Content.ReadAsByteArrayAsync());
        Assert.Equal("nosniff", opened.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("cross-origin", opened.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync(url[..^1] + (url[^1] == '0' ? '1' : '0'))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync(url.Replace("?e=", "?e=9", StringComparison.Ordinal))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync(url.Replace(host.SiteKey, host.OtherKey, StringComparison.Ordinal))).StatusCode);
    }

    [Fact]
    public async Task Files_of_other_kinds_and_of_other_visitors_are_refused()
    {
        using var visitor = await host.VisitAsync();
        using var thief = await host.VisitAsync();
        var mine = (await (await visitor.UploadAsync(Pictures.Png(2, 2))).DataAsync(HttpStatusCode.Created))["id"]!.GetValue<Guid>();

        var wrong = await (await visitor.UploadAsync([0x4D, 0x5A, 0x90, 0, 3, 0, 0, 0], "picture.png")).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        var stolen = await (await thief.SendAsync(HttpMethod.Post, "messages", new { clientId = OmniId.New(), text = "x", attachments = new[] { mine } })).ProblemAsync(HttpStatusCode.BadRequest);

        Assert.NotNull(wrong["errors"]!["file"]);
        Assert.NotNull(stolen["errors"]!["attachments"]);
    }

    [Fact]
    public async Task Wrong_messages_are_refused_by_field()
    {
        using var visitor = await host.VisitAsync();
        async Task<JsonNode> RefusedAsync(object body) => await (await visitor.SendAsync(HttpMethod.Post, "messages", body)).ProblemAsync(HttpStatusCode.BadRequest);

        Assert.NotNull((await RefusedAsync(new { clientId = OmniId.New(), text = "  " }))["errors"]!["text"]);
        Assert.NotNull((await RefusedAsync(new { clientId = OmniId.New(), text = new string('x', 5_001) }))["errors"]!["text"]);
        Assert.NotNull((await RefusedAsync(new { clientId = Guid.Empty, text = "x" }))["errors"]!["clientId"]);
        Assert.NotNull((await RefusedAsync(new { clientId = OmniId.New(), text = "nul \0" }))["errors"]);
        Assert.NotNull((await RefusedAsync(new { clientId = OmniId.New(), text = "x", offline = true }))["errors"]!["fields.email"]);
        Assert.Empty(await visitor.HistoryAsync());
    }

    [Fact]
    public async Task What_the_page_tells_is_kept_for_the_team()
    {
        using var visitor = await host.VisitAsync(new
        {
            name = "Sam", email = "sam@example.com", language = "de-CH", timeZone = "Europe/Zurich", referrer = "https://search.example.com/?q=boots",
            page = new { url = "https://shop.example.com/boots", title = "Boots" }, attributes = new { plan = "gold", seats = 3 },
        });
        await visitor.BeginAsync(new { page = new { url = "https://shop.example.com/cart", title = "Cart" }, referrer = "javascript:alert(1)" });

        var row = await host.QueryAsync<string>($"""
            select concat_ws('|', name, email, language, time_zone, referrer, page_url, page_title, attributes ->> 'plan', attributes ->> 'seats') from widget_visitors where id = '{visitor.Id}'
            """);

        Assert.Equal("Sam|sam@example.com|de-CH|Europe/Zurich|https://search.example.com/?q=boots|https://shop.example.com/cart|Cart|gold|3", row);
        Assert.Equal(1, await host.QueryAsync<long>($"select count(*) from widget_visitors where id = '{visitor.Id}' and token_hash = sha256('{visitor.Token}')"));
    }

    private static string? Text(JsonNode data) => data["message"]?["text"]?.GetValue<string>();

    private static async Task<JsonNode> PollAsync(TestVisitor visitor, string after) => await (await visitor.SendAsync(HttpMethod.Get, $"events?poll=1&after={after}")).DataAsync();

    private static async Task FindAsync(StreamReader lines, string line, CancellationToken ct)
    {
        while (await lines.ReadLineAsync(ct) is { } read)
        {
            if (read == line)
            {
                return;
            }
        }

        Assert.Fail($"the stream ended without {line}");
    }

    private Task<string> StatusAsync(Guid id) => host.QueryAsync<string>($"select status from messages where id = '{id}'");
}

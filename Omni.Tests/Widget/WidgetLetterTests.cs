using System.Net;
using System.Net.Http.Json;
using Omni.Core.Common;
using Omni.Tests.Api;
using Omni.Tests.Support;

namespace Omni.Tests.Widget;

/// <summary>Letters to visitors, the questions before a talk, and settings as the pages see them.</summary>
[Trait("Category", "Database"), Collection(WidgetCollection.Name)]
public sealed class WidgetLetterTests(WidgetHost host)
{
    [Fact]
    public async Task A_reply_to_somebody_who_left_is_mailed_once_and_not_to_somebody_who_is_there()
    {
        using var gone = await host.VisitAsync(new { page = new { url = $"{WidgetHost.Shop}/boots", title = "Boots" } });
        await (await gone.SendAsync(HttpMethod.Post, "messages", new { clientId = OmniId.New(), text = "call me later", offline = true, fields = new { email = "gone@example.com" } })).DataAsync(HttpStatusCode.Accepted);
        using var here = await host.VisitAsync(new { email = "here@example.com" });
        await here.ListenAsync();
        await here.SayAsync("I stay");

        await host.ReplyAsync(await host.ConversationAsync("I stay"), "for the one who stays");
        await here.HearAsync("message", d => d["message"]!["text"]?.GetValue<string>() == "for the one who stays");
        await host.ReplyAsync(await host.ConversationAsync("call me later"), "for the one who left");
        await Eventually.HoldsAsync(() => host.Letters.Any(l => l.To == "gone@example.com"), "the reply is mailed");
        await Eventually.HoldsAsync(async () => await host.QueryAsync<long>("select count(*) from widget_letters where settled_at is null") == 0, "no letter waits");

        var letter = Assert.Single(host.Letters, l => l.To == "gone@example.com").Text;
        Assert.Contains("for the one who left", letter, StringComparison.Ordinal);
        Assert.Contains($"{WidgetHost.Shop}/boots", letter, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Letters, l => l.To == "here@example.com");
    }

    [Fact]
    public async Task The_talk_is_mailed_on_demand()
    {
        using var visitor = await host.VisitAsync(new { name = "Tor" });
        await visitor.SayAsync("first line");
        await Eventually.HoldsAsync(async () => (await visitor.HistoryAsync()).Count == 1, "it is there");

        await (await visitor.SendAsync(HttpMethod.Post, "transcript", new { email = "no address" })).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.Accepted, (await visitor.SendAsync(HttpMethod.Post, "transcript", new { email = "tor@example.com" })).StatusCode);
        await Eventually.HoldsAsync(() => host.Letters.Any(l => l.To == "tor@example.com"), "the transcript is mailed");

        Assert.Contains("first line", host.Letters.Single(l => l.To == "tor@example.com").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_owners_questions_must_be_answered_with_the_first_message_and_name_the_visitor()
    {
        var settings = new
        {
            preChat = new
            {
                enabled = true,
                fields = new object[]
                {
                    new { key = "email", label = "E-mail", type = "email", required = true }, new { key = "name", label = "Name", type = "text" },
                    new { key = "topic", label = "Topic", type = "select", required = true, options = new[] { "Orders", "Returns" } },
                },
            },
        };
        var key = (await WidgetHost.ConnectAsync(host.Api, settings, "Asks first"))["siteKey"]!.GetValue<string>();
        using var visitor = await host.VisitAsync(siteKey: key);
        async Task<HttpResponseMessage> SayAsync(object fields) => await visitor.SendAsync(HttpMethod.Post, "messages", new { clientId = OmniId.New(), text = "asked first", fields });

        Assert.NotNull((await (await SayAsync(new { topic = "Orders" })).ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["fields.email"]);
        Assert.NotNull((await (await SayAsync(new { email = "nonsense", topic = "Orders" })).ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["fields.email"]);
        Assert.NotNull((await (await SayAsync(new { email = "u@example.com", topic = "Weather" })).ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["fields.topic"]);
        await (await SayAsync(new { email = "u@example.com", name = "Una", topic = "Returns", other = "dropped" })).DataAsync(HttpStatusCode.Accepted);

        Assert.Equal("Una", (await host.ConversationAsync("asked first"))["contact"]!["name"]!.GetValue<string>());
        Assert.Equal("u@example.com Returns", await host.QueryAsync<string>($"select email || ' ' || (attributes ->> 'topic') from widget_visitors where id = '{visitor.Id}' and not attributes ? 'other'"));
        await visitor.SayAsync("the second asks nothing");
    }

    [Fact]
    public async Task Settings_are_checked_by_name_and_reach_the_pages()
    {
        var channel = await WidgetHost.ConnectAsync(host.Api, null, "Settings");
        var path = $"/api/v1/channels/{channel["id"]}";
        var wrong = await (await host.Api.PatchAsJsonAsync(path, new { settings = new { theme = new { color = "blue" } } })).ProblemAsync(HttpStatusCode.BadRequest);
        var unknown = await (await host.Api.PatchAsJsonAsync(path, new { settings = new { themes = 1 } })).ProblemAsync(HttpStatusCode.BadRequest);
        await (await host.Api.PatchAsJsonAsync(path, new { settings = new { theme = new { color = "#ffe14d", position = "left", mode = "dark" }, language = "ar", replyTime = "hours", sites = new[] { "https://Shop.Example.com/" } } })).DataAsync();
        using var visitor = new TestVisitor(host.Client(), channel["siteKey"]!.GetValue<string>());

        Assert.NotNull(wrong["errors"]!["settings.theme.color"]);
        Assert.NotNull(unknown["errors"]);
        await Eventually.HoldsAsync(async () => (await (await visitor.SendAsync(HttpMethod.Get, "config")).DataAsync())["language"]!.GetValue<string>() == "ar", "the pages get the new settings");
        var config = await (await visitor.SendAsync(HttpMethod.Get, "config", origin: WidgetHost.Shop)).DataAsync();
        Assert.Equal(("#ffe14d", "#000000", "left", "dark"), (config["theme"]!["color"]!.GetValue<string>(), config["theme"]!["onColor"]!.GetValue<string>(), config["theme"]!["position"]!.GetValue<string>(), config["theme"]!["mode"]!.GetValue<string>()));
        Assert.Equal(("online", "hours"), (config["team"]!["state"]!.GetValue<string>(), config["team"]!["replyTime"]!.GetValue<string>()));
        Assert.Equal("Fjord", config["organization"]!["name"]!.GetValue<string>());
        Assert.Equal("ann", config["team"]!["members"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Erasing_a_person_erases_what_the_page_told()
    {
        using var visitor = await host.VisitAsync(new { name = "Forget Me", email = "forget@example.com" });
        await visitor.SayAsync("forget this");
        var conversation = await host.ConversationAsync("forget this");

        Assert.True((await host.Api.DeleteAsync($"/api/v1/contacts/{conversation["contact"]!["id"]}")).IsSuccessStatusCode);

        Assert.Equal(0, await host.QueryAsync<long>($"select count(*) from widget_visitors where id = '{visitor.Id}'"));
        await (await visitor.SendAsync(HttpMethod.Get, "messages")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_description_of_the_api_lists_the_chats_endpoints()
    {
        using var http = host.Client();
        var document = await http.GetStringAsync("/openapi/v1.json");

        Assert.All((string[])["config", "visitors", "messages", "typing", "read", "files", "transcript", "events"], path => Assert.Contains($"\"/widget/{{siteKey}}/{path}\"", document, StringComparison.Ordinal));
    }
}

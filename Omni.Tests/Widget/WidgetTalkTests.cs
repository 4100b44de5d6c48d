using System.Net;
using System.Net.Http.Json;
using Omni.Core.Common;
using Omni.Tests.Api;
using Omni.Tests.Support;

namespace Omni.Tests.Widget;

/// <summary>A visitor writes, the team answers: through the real program, its queues and its streams.</summary>
[Trait("Category", "Database")]
public sealed class WidgetTalkTests(WidgetHost host) : IClassFixture<WidgetHost>
{
    [Fact]
    public async Task A_visitor_writes_the_inbox_shows_it_and_the_answer_reaches_the_open_page()
    {
        using var visitor = await host.VisitAsync(new { name = "Kari Nordmann" });
        await visitor.ListenAsync();

        var clientId = await visitor.SayAsync("Does it rain?");
        var own = await visitor.HearAsync("message", d => d["message"]!["text"]?.GetValue<string>() == "Does it rain?");
        var conversation = await host.ConversationAsync("Does it rain?");
        await host.ReplyAsync(conversation, "It pours.");
        var reply = await visitor.HearAsync("message", d => d["message"]!["text"]?.GetValue<string>() == "It pours.");

        Assert.Equal(clientId, own["message"]!["clientId"]!.GetValue<Guid>());
        Assert.Equal("visitor", own["message"]!["direction"]!.GetValue<string>());
        Assert.Equal("received", own["message"]!["status"]!.GetValue<string>());
        Assert.Equal("Kari Nordmann", conversation["contact"]!["name"]!.GetValue<string>());
        Assert.Equal("widget", conversation["kind"]!.GetValue<string>());
        Assert.Equal("team", reply["message"]!["direction"]!.GetValue<string>());
        Assert.Equal("ann", reply["message"]!["author"]!["name"]!.GetValue<string>());
        var id = reply["message"]!["id"]!.GetValue<Guid>();
        await Eventually.HoldsAsync(async () => await host.QueryAsync<string>($"select status from messages where id = '{id}'") == "delivered", "the team sees that it was delivered");
        var read = await visitor.SendAsync(HttpMethod.Post, "read", new { position = reply["message"]!["position"]!.GetValue<long>() });
        Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
        await Eventually.HoldsAsync(async () => await host.QueryAsync<string>($"select status from messages where id = '{id}'") == "read", "the team sees that it was read");
        Assert.Equal(["Does it rain?", "It pours."], (await visitor.HistoryAsync()).Select(m => m!["text"]!.GetValue<string>()));
    }
}

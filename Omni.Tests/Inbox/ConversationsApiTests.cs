using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Tests.Api;

namespace Omni.Tests.Inbox;

public sealed class ConversationsApiTests(ApiHost host) : IClassFixture<ApiHost>, IDisposable
{
    private readonly HttpClient _ann = host.Client(host.Ann);

    public void Dispose() => _ann.Dispose();

    [Fact]
    public async Task A_conversation_and_its_message_have_the_shape_of_the_contract()
    {
        var talk = await host.GivenConversationAsync(host.Ann, "Kari Nordmann", "Is it open today?");

        var conversation = await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}")).DataAsync();
        var messages = await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}/messages")).BodyAsync();

        string[] members = ["id", "channelId", "kind", "contact", "status", "subject", "threadKey", "priority", "assigneeId", "teamId", "labels", "unread",
            "lastMessage", "lastActivityAt", "waitingSince", "windowUntil", "snoozedUntil", "version", "createdAt"];
        Assert.Empty(members.Except(conversation.AsObject().Select(m => m.Key)));
        Assert.Equal("whatsapp", (string?)conversation["kind"]);
        Assert.Equal("open", (string?)conversation["status"]);
        Assert.True((bool)conversation["unread"]!);
        Assert.Equal("Kari Nordmann", (string?)conversation["contact"]!["name"]);
        Assert.Equal("Is it open today?", (string?)conversation["lastMessage"]!["preview"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)conversation["createdAt"]);

        string[] messageMembers = ["id", "conversationId", "seq", "position", "direction", "kind", "type", "text", "attachments", "contactId", "authorId", "source", "externalId",
            "clientId", "replyToId", "status", "error", "reactions", "editedAt", "deletedAt", "platformTime", "receivedAt", "createdAt"];
        var message = Assert.Single(messages["data"]!.AsArray())!;
        Assert.Empty(messageMembers.Except(message.AsObject().Select(m => m.Key)));
        Assert.Equal(("in", "message", "text", "platform", "received"),
            ((string?)message["direction"], (string?)message["kind"], (string?)message["type"], (string?)message["source"], (string?)message["status"]));
        Assert.Null(message["error"]);
        Assert.Equal(50, (int)messages["pagination"]!["limit"]!);
    }

    [Fact]
    public async Task A_reply_is_queued_once_however_often_its_client_id_comes()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        var body = new { clientId = OmniId.New(), kind = "reply", text = "Yes, until six." };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", body)));

        var ids = await Task.WhenAll(answers.Select(async a => (string)(await a.DataAsync(HttpStatusCode.Created))["id"]!));
        Assert.Single(ids.Distinct());
        var other = await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { body.clientId, text = "Something else" });
        await other.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal(2, (await MessagesAsync(talk.Id)).Count);
    }

    [Fact]
    public async Task A_note_stays_inside_and_a_newer_version_asks_first()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        var version = (long)(await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}")).DataAsync())["version"]!;

        var note = await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { kind = "note", text = "Ask the shop" })).DataAsync(HttpStatusCode.Created);
        var late = await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { text = "Hi", ifVersion = version })).ProblemAsync(HttpStatusCode.Conflict);

        Assert.Equal(("internal", "note"), ((string?)note["direction"], (string?)note["kind"]));
        Assert.True((long)note["conversationVersion"]! > version);
        Assert.Equal((long)note["conversationVersion"]!, (long)late["error"]!["details"]!["version"]!);
    }

    [Fact]
    public async Task A_change_says_what_it_changed_and_null_takes_the_person_away()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        var label = (string)(await (await _ann.PostAsJsonAsync("/api/v1/labels", new { name = $"vip {talk.Id}", hue = 3 })).DataAsync(HttpStatusCode.Created))["id"]!;

        var taken = await (await _ann.PatchAsJsonAsync($"/api/v1/conversations/{talk.Id}", new { assigneeId = host.Ann.Id, priority = "high", labels = new[] { label } })).DataAsync();
        var same = await (await _ann.PatchAsJsonAsync($"/api/v1/conversations/{talk.Id}", new { priority = "high" })).DataAsync();
        var dropped = await (await _ann.PatchAsync($"/api/v1/conversations/{talk.Id}", new StringContent("""{"assigneeId":null,"status":"resolved"}""", null, "application/json"))).DataAsync();
        var timeline = await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}/timeline")).DataAsync();

        Assert.Equal((host.Ann.Id.ToString(), "high"), ((string?)taken["assigneeId"], (string?)taken["priority"]));
        Assert.Equal(label, (string?)Assert.Single(taken["labels"]!.AsArray())!["id"]);
        Assert.Equal((long)taken["version"]!, (long)same["version"]!);
        Assert.Null(dropped["assigneeId"]);
        Assert.Equal("resolved", (string?)dropped["status"]);
        Assert.Equal(["assigned", "labels", "priority", "status", "unassigned"], timeline.AsArray().Select(e => (string)e!["name"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        var mine = await host.GivenConversationAsync(host.Ann, "Filter One");
        var waiting = await host.GivenConversationAsync(host.Ann, "Filter Two", "zebra crossing");
        var done = await host.GivenConversationAsync(host.Ann, "Filter Three");
        var label = (string)(await (await _ann.PostAsJsonAsync("/api/v1/labels", new { name = "filters", hue = 1 })).DataAsync(HttpStatusCode.Created))["id"]!;
        await (await _ann.PatchAsJsonAsync($"/api/v1/conversations/{mine.Id}", new { assigneeId = host.Ann.Id, labels = new[] { label } })).DataAsync();
        await (await _ann.PatchAsJsonAsync($"/api/v1/conversations/{done.Id}", new { status = "resolved" })).DataAsync();
        await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{mine.Id}/read", new { })).DataAsync();

        async Task<List<Guid>> Ask(string query) => [.. (await (await _ann.GetAsync($"/api/v1/conversations?limit=200&{query}")).DataAsync()).AsArray()
            .Select(c => Guid.Parse((string)c!["id"]!)).Intersect([mine.Id, waiting.Id, done.Id])];

        Assert.Equal([waiting.Id, mine.Id], await Ask(""));
        Assert.Equal([mine.Id], await Ask("assignee=me"));
        Assert.Equal([mine.Id], await Ask("view=mine"));
        Assert.Equal([waiting.Id], await Ask("assignee=none"));
        Assert.Equal([mine.Id], await Ask($"assignee={host.Ann.Id}"));
        Assert.Equal([done.Id], await Ask("status=resolved"));
        Assert.Equal([done.Id, waiting.Id, mine.Id], await Ask("status=all"));
        Assert.Equal([done.Id, waiting.Id, mine.Id], await Ask("status=open,resolved"));
        Assert.Equal([mine.Id], await Ask($"label={label}"));
        Assert.Equal([waiting.Id], await Ask("unread=true"));
        Assert.Equal([waiting.Id], await Ask("q=zebra"));
        Assert.Equal([mine.Id, waiting.Id], await Ask("sort=oldest"));
        Assert.Equal([waiting.Id, mine.Id], await Ask($"channel={mine.ChannelId}"));
        Assert.Equal([done.Id], await Ask($"contact={done.ContactId}"));
        Assert.Equal([waiting.Id, mine.Id], await Ask("view=waiting"));
        Assert.Empty(await Ask("view=snoozed"));
    }

    [Theory]
    [InlineData("status=closed")]
    [InlineData("assignee=somebody")]
    [InlineData("channel=7")]
    [InlineData("sort=random")]
    [InlineData("view=other")]
    [InlineData("cursor=nonsense")]
    [InlineData("unread=perhaps")]
    public async Task A_filter_with_a_wrong_value_is_named(string query)
    {
        var problem = await (await _ann.GetAsync($"/api/v1/conversations?{query}")).ProblemAsync(HttpStatusCode.BadRequest);

        Assert.True(problem["errors"]!.AsObject().ContainsKey(query.Split('=')[0]), problem.ToJsonString());
    }

    [Fact]
    public async Task Paging_neither_skips_nor_doubles_what_did_not_move_while_others_move()
    {
        var start = TimeProvider.System.GetUtcNow().AddHours(-2);
        var pat = await host.RegisterAsync("pat@example.test");
        var talks = new List<Talk>();
        for (var i = 0; i < 12; i++)
        {
            talks.Add(await host.GivenConversationAsync(pat, at: start.AddSeconds(i / 3))); // three of the same second
        }

        using var http = host.Client(pat);
        var seen = new List<Guid>();
        string? cursor = null;
        var moved = talks[1];
        do
        {
            var page = await (await http.GetAsync($"/api/v1/conversations?limit=5&cursor={cursor}")).BodyAsync();
            seen.AddRange(page["data"]!.AsArray().Select(c => Guid.Parse((string)c!["id"]!)));
            cursor = (string?)page["pagination"]!["nextCursor"];
            if (seen.Count == 5)
            {
                await (await http.PostAsJsonAsync($"/api/v1/conversations/{moved.Id}/messages", new { kind = "reply", text = "up" })).DataAsync(HttpStatusCode.Created);
                await host.GivenConversationAsync(pat, at: start.AddSeconds(60));
            }
        }
        while (cursor is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(talks.Where(t => t != moved).Select(t => t.Id).Except(seen));
    }

    [Fact]
    public async Task Messages_page_backwards_by_position_and_after_gives_newer_ones()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        for (var i = 0; i < 6; i++)
        {
            await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { kind = "note", text = $"note {i}" })).DataAsync(HttpStatusCode.Created);
        }

        var first = await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}/messages?limit=4")).BodyAsync();
        var second = await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}/messages?limit=4&before={(string)first["pagination"]!["nextCursor"]!}")).BodyAsync();
        var oldest = second["data"]!.AsArray()[^1]!;
        var after = await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}/messages?after={(long)oldest["position"]!}")).BodyAsync();

        Assert.Equal([7, 6, 5, 4], first["data"]!.AsArray().Select(m => (int)m!["seq"]!));
        Assert.Equal([3, 2, 1], second["data"]!.AsArray().Select(m => (int)m!["seq"]!));
        Assert.Null(second["pagination"]!["nextCursor"]);
        Assert.Equal([2, 3, 4, 5, 6, 7], after["data"]!.AsArray().Select(m => (int)m!["seq"]!));
    }

    [Fact]
    public async Task Reading_moves_the_pointer_tells_the_platform_once_and_can_be_undone()
    {
        var talk = await host.GivenConversationAsync(host.Ann);

        var read = await (await _ann.PostAsync($"/api/v1/conversations/{talk.Id}/read", null)).DataAsync();
        await (await _ann.PostAsync($"/api/v1/conversations/{talk.Id}/read", null)).DataAsync();
        var seen = (bool)(await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}")).DataAsync())["unread"]!;
        await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/read", new { unread = true })).DataAsync();
        var again = (bool)(await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}")).DataAsync())["unread"]!;

        Assert.Equal(1, (int)read["lastReadSeq"]!);
        Assert.False(seen);
        Assert.True(again);
        Assert.Single(host.Signals, s => s == $"read {talk.Id}");
    }

    [Fact]
    public async Task Typing_reaches_the_platform_but_not_for_a_note()
    {
        var (reply, note) = (await host.GivenConversationAsync(host.Ann), await host.GivenConversationAsync(host.Ann));

        await (await _ann.PostAsync($"/api/v1/conversations/{reply.Id}/typing", null)).BodyAsync();
        await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{note.Id}/typing", new { note = true })).BodyAsync();

        Assert.Contains($"typing {reply.Id}", host.Signals);
        Assert.DoesNotContain($"typing {note.Id}", host.Signals);
    }

    [Fact]
    public async Task A_draft_is_kept_per_mode_and_an_older_one_never_replaces_a_newer_one()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        var now = TimeProvider.System.GetUtcNow();
        var address = $"/api/v1/conversations/{talk.Id}/draft";

        await (await _ann.PutAsJsonAsync(address, new { mode = "reply", text = "Dear", writtenAt = now })).BodyAsync();
        await (await _ann.PutAsJsonAsync(address, new { mode = "reply", text = "De", writtenAt = now.AddSeconds(-5) })).BodyAsync();
        await (await _ann.PutAsJsonAsync(address, new { mode = "note", text = "ask" })).BodyAsync();
        var both = await (await _ann.GetAsync(address)).DataAsync();
        await (await _ann.PutAsJsonAsync(address, new { mode = "reply", text = "" })).BodyAsync();
        var left = await (await _ann.GetAsync(address)).DataAsync();

        Assert.Equal([("note", "ask"), ("reply", "Dear")], both.AsArray().Select(d => ((string)d!["mode"]!, (string)d["text"]!)));
        Assert.Equal("note", (string?)Assert.Single(left.AsArray())!["mode"]);
        await (await _ann.PutAsJsonAsync(address, new { mode = "shout", text = "x" })).ProblemAsync(HttpStatusCode.BadRequest);
        await (await _ann.PutAsync(address, new StringContent("""{"mode":"reply","text":"a\u0000b"}""", null, "application/json"))).ProblemAsync(HttpStatusCode.BadRequest);
        await (await _ann.PutAsync(address, new StringContent("""{"mode":"reply","text":"a\ud800b"}""", null, "application/json"))).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Bulk_changes_say_what_became_of_each()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        var missing = OmniId.New();

        var outcome = await (await _ann.PostAsJsonAsync("/api/v1/conversations/bulk", new { ids = new[] { talk.Id, missing }, patch = new { status = "pending" } })).DataAsync();

        Assert.Equal([true, false], outcome.AsArray().Select(o => (bool)o!["changed"]!));
        await (await _ann.PostAsJsonAsync("/api/v1/conversations/bulk", new { ids = Array.Empty<Guid>(), patch = new { } })).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Counts_search_reaction_and_retry_answer()
    {
        var talk = await host.GivenConversationAsync(host.Ann, text: "the purple giraffe");
        var counts = await (await _ann.GetAsync("/api/v1/conversations/counts")).DataAsync();
        var found = await (await _ann.GetAsync("/api/v1/search?q=giraffe")).DataAsync();
        await (await _ann.PutAsJsonAsync($"/api/v1/messages/{talk.MessageId}/reaction", new { emoji = "👍" })).BodyAsync();
        var reacted = await (await _ann.GetAsync($"/api/v1/messages/{talk.MessageId}")).DataAsync();
        await (await _ann.DeleteAsync($"/api/v1/messages/{talk.MessageId}/reaction")).BodyAsync();
        var plain = await (await _ann.GetAsync($"/api/v1/messages/{talk.MessageId}")).DataAsync();

        Assert.True((int)counts["all"]! > 0);
        Assert.Equal(talk.MessageId.ToString(), (string?)Assert.Single(found.AsArray())!["id"]);
        Assert.Equal("👍", (string?)Assert.Single(reacted["reactions"]!.AsArray())!["emoji"]);
        Assert.Empty(plain["reactions"]!.AsArray());
        await (await _ann.PostAsync($"/api/v1/messages/{talk.MessageId}/retry", null)).ProblemAsync(HttpStatusCode.NotFound); // it came in
        await (await _ann.GetAsync("/api/v1/search")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_failed_message_is_sent_again_and_an_unknown_one_needs_confirmation()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        var id = (Guid)(await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { text = "Hi" })).DataAsync(HttpStatusCode.Created))["id"]!;
        await (await _ann.PostAsync($"/api/v1/messages/{id}/retry", null)).ProblemAsync(HttpStatusCode.Conflict);
        await using (var db = await host.Get<IOmniDbFactory>().OpenAsync(host.Ann.OrganizationId, CancellationToken.None))
        {
            db.Set<OutboxEntry>().Remove(db.Set<OutboxEntry>().Single(o => o.MessageId == id));
            db.Messages.Single(m => m.Id == id).Status = MessageStatus.Unknown;
            await db.CommitAsync(CancellationToken.None);
        }

        await (await _ann.PostAsync($"/api/v1/messages/{id}/retry", null)).ProblemAsync(HttpStatusCode.Conflict);
        var again = await (await _ann.PostAsJsonAsync($"/api/v1/messages/{id}/retry", new { confirm = true })).DataAsync();

        Assert.Equal("queued", (string?)again["status"]);
    }

    [Fact]
    public async Task Labels_are_unique_without_regard_to_case_and_viewers_make_none()
    {
        var first = await (await _ann.PostAsJsonAsync("/api/v1/labels", new { name = "Return", hue = 2 })).DataAsync(HttpStatusCode.Created);
        await (await _ann.PostAsJsonAsync("/api/v1/labels", new { name = "RETURN", hue = 2 })).ProblemAsync(HttpStatusCode.Conflict);
        await (await _ann.PostAsJsonAsync("/api/v1/labels", new { name = "Other", hue = 9 })).ProblemAsync(HttpStatusCode.BadRequest);
        var renamed = await (await _ann.PatchAsJsonAsync($"/api/v1/labels/{(string)first["id"]!}", new { name = "Returns" })).DataAsync();
        await (await _ann.DeleteAsync($"/api/v1/labels/{(string)first["id"]!}")).BodyAsync();
        await (await _ann.DeleteAsync($"/api/v1/labels/{(string)first["id"]!}")).ProblemAsync(HttpStatusCode.NotFound);

        var viewer = await host.JoinAsync(host.Ann, "viewer@example.test", "viewer");
        using var http = host.Client(viewer);
        await (await http.PostAsJsonAsync("/api/v1/labels", new { name = "Mine" })).ProblemAsync(HttpStatusCode.Forbidden);

        Assert.Equal(("Returns", 2), ((string?)renamed["name"], (int)renamed["hue"]!));
    }

    private async Task<JsonArray> MessagesAsync(Guid conversation) =>
        (await (await _ann.GetAsync($"/api/v1/conversations/{conversation}/messages")).DataAsync()).AsArray();
}

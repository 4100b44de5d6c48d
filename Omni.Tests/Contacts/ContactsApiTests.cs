using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Tests.Api;

namespace Omni.Tests.Contacts;

public sealed class ContactsApiTests(ApiHost host) : IClassFixture<ApiHost>, IDisposable
{
    private readonly HttpClient _ann = host.Client(host.Ann);

    public void Dispose() => _ann.Dispose();

    [Fact]
    public async Task A_contact_is_made_changed_found_and_blocked()
    {
        var label = (string)(await (await _ann.PostAsJsonAsync("/api/v1/labels", new { name = "friend" })).DataAsync(HttpStatusCode.Created))["id"]!;
        var made = await (await _ann.PostAsJsonAsync("/api/v1/contacts", new { name = " Åse Øvergård ", attributes = new { city = "Bergen", size = 42 }, labels = new[] { label } })).DataAsync(HttpStatusCode.Created);
        var address = $"/api/v1/contacts/{(string)made["id"]!}";

        var changed = await (await _ann.PatchAsync(address, new StringContent("""{"attributes":{"size":null,"color":"red"}}""", null, "application/json"))).DataAsync();
        var found = await (await _ann.GetAsync("/api/v1/contacts?q=overgard")).DataAsync();
        var labelled = await (await _ann.GetAsync($"/api/v1/contacts?label={label}")).DataAsync();
        var blocked = await (await _ann.PostAsync(address + "/block", null)).DataAsync();
        var free = await (await _ann.DeleteAsync(address + "/block")).DataAsync();

        string[] members = ["id", "name", "avatarUrl", "attributes", "labels", "blocked", "identities", "lastSeenAt", "createdAt"];
        Assert.Empty(members.Except(made.AsObject().Select(m => m.Key)));
        Assert.Equal("Åse Øvergård", (string?)made["name"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"city":"Bergen","color":"red"}"""), changed["attributes"]));
        Assert.Equal((string?)made["id"], (string?)Assert.Single(found.AsArray())!["id"]);
        Assert.Equal((string?)made["id"], (string?)Assert.Single(labelled.AsArray())!["id"]);
        Assert.True((bool)blocked["blocked"]!);
        Assert.False((bool)free["blocked"]!);
        await (await _ann.PostAsJsonAsync("/api/v1/contacts", new { name = "  " })).ProblemAsync(HttpStatusCode.BadRequest);
        await (await _ann.PatchAsync(address, new StringContent("""{"attributes":{"x":"a\u0000"}}""", null, "application/json"))).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_contact_is_found_by_its_id_on_a_channel_and_pages_follow_each_other()
    {
        var talk = await host.GivenConversationAsync(host.Ann, externalId: "4791234567");
        for (var i = 0; i < 4; i++)
        {
            await host.GivenConversationAsync(host.Ann, $"Paged {i}");
        }

        var found = await (await _ann.GetAsync("/api/v1/contacts?q=4791234567")).DataAsync();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await (await _ann.GetAsync($"/api/v1/contacts?q=Paged&limit=3&cursor={cursor}")).BodyAsync();
            seen.AddRange(page["data"]!.AsArray().Select(c => (string)c!["name"]!));
            cursor = (string?)page["pagination"]!["nextCursor"];
        }
        while (cursor is not null);

        Assert.Equal(talk.ContactId.ToString(), (string?)Assert.Single(found.AsArray())!["id"]);
        Assert.Equal(["Paged 3", "Paged 2", "Paged 1", "Paged 0"], seen);
    }

    [Fact]
    public async Task Merging_moves_everything_and_undoing_brings_it_back()
    {
        var (kept, other) = (await host.GivenConversationAsync(host.Ann, "Kept"), await host.GivenConversationAsync(host.Ann, "Other"));
        var address = $"/api/v1/contacts/{kept.ContactId}";
        await (await _ann.PatchAsJsonAsync(address, new { attributes = new { city = "Oslo" } })).DataAsync();
        await (await _ann.PatchAsJsonAsync($"/api/v1/contacts/{other.ContactId}", new { attributes = new { city = "Bodø", size = 5 } })).DataAsync();

        await (await _ann.PostAsJsonAsync(address + "/merge", new { otherId = other.ContactId })).ProblemAsync(HttpStatusCode.Conflict); // both open on one channel
        await (await _ann.PatchAsJsonAsync($"/api/v1/conversations/{other.Id}", new { status = "resolved" })).DataAsync();
        var merged = await (await _ann.PostAsJsonAsync(address + "/merge", new { otherId = other.ContactId })).DataAsync();
        var moved = await (await _ann.GetAsync($"/api/v1/conversations?status=all&contact={kept.ContactId}")).DataAsync();
        var gone = await (await _ann.GetAsync($"/api/v1/contacts/{other.ContactId}")).DataAsync();
        await (await _ann.PostAsync($"/api/v1/contacts/merges/{(string)merged["mergeId"]!}/undo", null)).BodyAsync();
        await (await _ann.PostAsync($"/api/v1/contacts/merges/{(string)merged["mergeId"]!}/undo", null)).ProblemAsync(HttpStatusCode.Conflict);
        var back = await (await _ann.GetAsync($"/api/v1/contacts/{other.ContactId}")).DataAsync();
        var left = await (await _ann.GetAsync(address)).DataAsync();
        var talks = await (await _ann.GetAsync($"/api/v1/conversations?status=all&contact={other.ContactId}")).DataAsync();

        Assert.Equal(2, merged["contact"]!["identities"]!.AsArray().Count);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"city":"Oslo","size":5}"""), merged["contact"]!["attributes"]));
        Assert.Equal(2, moved.AsArray().Count);
        Assert.Equal(kept.ContactId.ToString(), (string?)gone["mergedIntoId"]);
        Assert.Null(back["mergedIntoId"]);
        Assert.Single(back["identities"]!.AsArray());
        Assert.Single(left["identities"]!.AsArray());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"city":"Oslo"}"""), left["attributes"]));
        Assert.Equal(other.Id.ToString(), (string?)Assert.Single(talks.AsArray())!["id"]);
        await (await _ann.PostAsJsonAsync(address + "/merge", new { otherId = kept.ContactId })).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Erasing_leaves_nothing_of_the_person_in_the_database_and_can_be_repeated()
    {
        var talk = await host.GivenConversationAsync(host.Ann, "Quetzal Person", "quetzal words", externalId: "quetzal-external-id");
        await (await _ann.PatchAsJsonAsync($"/api/v1/contacts/{talk.ContactId}", new { attributes = new { note = "quetzal attribute" } })).DataAsync();
        var file = (string)(await (await _ann.PostAsync("/api/v1/media", Forms.File("quetzal.png", Pictures.Png(8, 8)))).DataAsync(HttpStatusCode.Created))["id"]!;
        await (await _ann.PostAsJsonAsync($"/api/v1/conversations/{talk.Id}/messages", new { text = "quetzal reply", attachments = new[] { file } })).DataAsync(HttpStatusCode.Created);
        await (await _ann.PutAsJsonAsync($"/api/v1/conversations/{talk.Id}/draft", new { mode = "reply", text = "quetzal draft" })).BodyAsync();
        await DeliverAsync(talk, "{\"from\":\"quetzal-external-id\"}");
        Assert.NotEmpty(await FindAsync("quetzal"));

        await (await _ann.DeleteAsync($"/api/v1/contacts/{talk.ContactId}")).BodyAsync();
        await (await _ann.DeleteAsync($"/api/v1/contacts/{talk.ContactId}")).BodyAsync();

        Assert.Empty(await FindAsync("quetzal"));
        await (await _ann.GetAsync($"/media/{file}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await _ann.GetAsync($"/api/v1/contacts/{talk.ContactId}")).ProblemAsync(HttpStatusCode.NotFound);
        var shell = await (await _ann.GetAsync($"/api/v1/conversations/{talk.Id}")).DataAsync();
        Assert.Equal(("resolved", ContactErasure.ErasedName), ((string?)shell["status"], (string?)shell["contact"]!["name"]));
        var bob = await host.JoinAsync(host.Ann, "bob@example.test", "agent");
        using var agent = host.Client(bob);
        var other = await host.GivenConversationAsync(host.Ann);
        await (await agent.DeleteAsync($"/api/v1/contacts/{other.ContactId}")).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_import_says_what_became_of_each_line_and_can_be_repeated()
    {
        var talk = await host.GivenConversationAsync(host.Ann);
        await (await _ann.PostAsJsonAsync("/api/v1/labels", new { name = "Imported" })).DataAsync(HttpStatusCode.Created);
        var csv = $"name,labels,channelId,externalId,city\r\n\"Line, One\",imported,{talk.ChannelId},import-1,\"Bergen\nNord\"\r\n,,,,\r\nLine Two,unknown,,,\r\nLine Three,,{OmniId.New()},x,\r\nLine Four,,,,,,\r\n";

        var first = await (await ImportAsync(csv)).DataAsync();
        var second = await (await ImportAsync(csv)).DataAsync();

        Assert.Equal((1, 0, 4), ((int)first["created"]!, (int)first["changed"]!, (int)first["failed"]!));
        Assert.Equal((0, 1, 4), ((int)second["created"]!, (int)second["changed"]!, (int)second["failed"]!));
        Assert.Equal([2, 4, 5, 6, 7], first["lines"]!.AsArray().Select(l => (int)l!["line"]!));
        var contact = Assert.Single((await (await _ann.GetAsync("/api/v1/contacts?q=Line, One")).DataAsync()).AsArray())!;
        Assert.Equal("Bergen\nNord", (string?)contact["attributes"]!["city"]);
        Assert.Equal("Imported", (string?)contact["labels"]![0]!["name"]);
        await (await ImportAsync("city\r\nOslo")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await _ann.PostAsJsonAsync("/api/v1/contacts/import", new { })).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Exports_are_complete_and_no_cell_is_a_formula()
    {
        var talk = await host.GivenConversationAsync(host.Ann, "=cmd|' /C calc'!A0", "hello \"there\"");
        var csv = await _ann.GetStringAsync("/api/v1/contacts/export?q==cmd");
        var json = JsonNode.Parse(await _ann.GetStringAsync($"/api/v1/contacts/{talk.ContactId}/export"))!;

        var records = Csv.Read(csv).ToList();
        Assert.Equal(["id", "name", "labels", "blocked", "identities", "attributes", "lastSeenAt", "createdAt"], records[0].Fields);
        Assert.Equal("'=cmd|' /C calc'!A0", records[1].Fields[1]);
        Assert.Equal("hello \"there\"", (string?)json["conversations"]![0]!["messages"]![0]!["text"]);
        Assert.All(new[] { "=1+1", "+1", "-1", "@a", "\tx", " =1" }, cell => Assert.StartsWith("'", Csv.Read(Csv.Write(cell)).Single().Fields[0]));
    }

    private Task<HttpResponseMessage> ImportAsync(string csv) => _ann.PostAsync("/api/v1/contacts/import", new StringContent(csv, Encoding.UTF8, "text/csv"));

    private async Task DeliverAsync(Talk talk, string body)
    {
        await using var source = NpgsqlDataSource.Create(host.ConnectionString);
        await using var command = source.CreateCommand("""
            with d as (insert into webhook_deliveries (id, kind, body, headers, received_at) values ($1, 'whatsapp', $2, '{}', now()) returning id)
            insert into inbound_queue (delivery_id, kind, account_id, organization_id, channel_id, state, attempts, next_at, received_at)
            select d.id, 'whatsapp', 'a', $3, $4, 'processed', 1, now(), now() from d
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = OmniId.New() }, new() { Value = Encoding.UTF8.GetBytes(body) }, new() { Value = host.Ann.OrganizationId }, new() { Value = talk.ChannelId } });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Tables with a row that contains a word, in text or bytes; answers that are kept for repeats aside, which go after a day.</summary>
    private async Task<List<string>> FindAsync(string word)
    {
        await using var source = NpgsqlDataSource.Create(host.ConnectionString);
        var tables = new List<string>();
        await using (var list = source.CreateCommand("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'idempotency_keys'"))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        var hits = new List<string>();
        foreach (var table in tables)
        {
            await using var search = source.CreateCommand($"select count(*) from \"{table}\" t where t::text ilike $1 or t::text ilike $2");
            search.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = $"%{word}%" }, new() { Value = $"%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word))}%" } });
            if ((long)(await search.ExecuteScalarAsync())! > 0)
            {
                hits.Add(table);
            }
        }

        return hits;
    }
}

using System.Text.Json.Nodes;
using Omni.Tests.Support;

namespace Omni.Tests.Channels.Spine;

/// <summary>Recorded payloads, where there are some (OMNI_FIXTURES), through intake and lane: none is lost, none breaks the database, each three times.</summary>
public sealed class FixtureTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Every_recorded_payload_gives_the_messages_it_should()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var ann = await rig.GivenOwnerAsync();
        var lines = Recorded();
        var accounts = lines.SelectMany(l => l["events"]!.AsArray()).Select(e => (string)e!["channel_account_id"]!).Append(Deliveries.Number).Distinct().ToList();
        foreach (var account in accounts)
        {
            await rig.GivenNumberAsync(ann, account, business: $"99{account}");
        }

        await rig.ReceiveAsync(Deliveries.Of(Deliveries.Text("own", "without recorded payloads this one is left")));
        foreach (var line in lines)
        {
            var body = await File.ReadAllBytesAsync(Path.Combine(Folder!, (string)line["file"]!));
            await rig.ReceiveAsync(body, body, body);
        }

        var expected = lines.SelectMany(l => l["events"]!.AsArray()).Where(e => (string?)e!["kind"] == "message")
            .Select(e => (Id: (string)e!["external_id"]!, Type: (string?)e["type"])).Append((Id: "own", Type: "text")).DistinctBy(e => e.Id).OrderBy(e => e.Id, StringComparer.Ordinal);
        var stored = (await rig.RowsAsync("select external_id, type from messages where kind = 'message'")).Select(r => (Id: (string)r[0]!, Type: (string?)r[1])).OrderBy(r => r.Id, StringComparer.Ordinal);
        Assert.Equal(expected.Select(e => e.Id), stored.Select(s => s.Id));
        Assert.Equal("", await rig.TextAsync("select account_id, error from inbound_queue where state not in ('processed', 'unrouted')"));
        Assert.Equal("0", await rig.TextAsync("select count(*) from conversations c where last_seq <> (select count(*) from messages m where m.conversation_id = c.id)"));
    }

    private static string? Folder => Environment.GetEnvironmentVariable("OMNI_FIXTURES") is { Length: > 0 } root ? Path.Combine(root, "whatsapp") : null;

    private static List<JsonNode> Recorded() => Folder is { } folder
        ? [.. File.ReadAllLines(Path.Combine(folder, "expected.jsonl")).Where(l => l.Length > 0).Select(l => JsonNode.Parse(l)!)]
        : [];
}

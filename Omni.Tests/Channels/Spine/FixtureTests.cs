using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Tests.Support;

namespace Omni.Tests.Channels.Spine;

/// <summary>Recorded payloads, where there are some (OMNI_FIXTURES), through intake and lane: none is lost, none breaks the database, each three times.</summary>
public sealed class FixtureTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Theory]
    [InlineData(ChannelKind.WhatsApp)]
    [InlineData(ChannelKind.Messenger)]
    [InlineData(ChannelKind.Instagram)]
    public async Task Every_recorded_payload_gives_the_messages_it_should(ChannelKind kind)
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var ann = await rig.GivenOwnerAsync();
        var lines = Recorded(kind);
        await rig.ExecuteAsync("delete from channel_routes"); // of the platform before
        var accounts = lines.SelectMany(l => l["events"]!.AsArray()).Select(e => (string?)e!["channel_account_id"]).OfType<string>().Distinct().ToList();
        foreach (var account in accounts)
        {
            await (kind == ChannelKind.WhatsApp ? rig.GivenNumberAsync(ann, account, business: $"99{account}") : rig.GivenPageAsync(ann, kind, account));
        }

        if (kind == ChannelKind.WhatsApp)
        {
            await rig.GivenNumberAsync(ann, Deliveries.Number);
            await rig.ReceiveAsync(Deliveries.Of(Deliveries.Text("own", "without recorded payloads this one is left")));
        }

        foreach (var line in lines)
        {
            var body = await File.ReadAllBytesAsync(Path.Combine(Folder(kind)!, (string)line["file"]!));
            await rig.ReceiveAsync(kind, body, body, body);
        }

        var expected = lines.SelectMany(l => l["events"]!.AsArray()).Where(e => (string?)e!["kind"] == "message" || ((string?)e["kind"] == "postback" && e["external_id"] is not null))
            .Select(e => (Id: (string)e!["external_id"]!, Type: (string?)e["type"] ?? "interactive")).Concat(kind == ChannelKind.WhatsApp ? [(Id: "own", Type: "text")] : []).DistinctBy(e => e.Id).OrderBy(e => e.Id, StringComparer.Ordinal);
        var stored = (await rig.RowsAsync($"select m.external_id, m.type from messages m join channels c on c.id = m.channel_id where m.kind = 'message' and c.kind = '{Names.Of(kind)}' and m.external_id not like 'postback:%'")).Select(r => (Id: (string)r[0]!, Type: (string)r[1]!)).OrderBy(r => r.Id, StringComparer.Ordinal);
        Assert.Equal(expected.Select(e => e.Id), stored.Select(s => s.Id));
        Assert.Equal("", await rig.TextAsync("select account_id, error from inbound_queue where state not in ('processed', 'unrouted')"));
        Assert.Equal("0", await rig.TextAsync("select count(*) from conversations c where last_seq <> (select count(*) from messages m where m.conversation_id = c.id)"));
    }

    private static string? Folder(ChannelKind kind) => Environment.GetEnvironmentVariable("OMNI_FIXTURES") is { Length: > 0 } root ? Path.Combine(root, Names.Of(kind)) : null;

    private static List<JsonNode> Recorded(ChannelKind kind) => Folder(kind) is { } folder
        ? [.. File.ReadAllLines(Path.Combine(folder, "expected.jsonl")).Where(l => l.Length > 0).Select(l => JsonNode.Parse(l)!)]
        : [];
}

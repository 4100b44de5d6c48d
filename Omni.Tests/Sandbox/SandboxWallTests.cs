using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Sandbox;
using Omni.Tests.Support;

namespace Omni.Tests.Sandbox;

/// <summary>Between real accounts and pretend ones: no secret of one side speaks for the other.</summary>
[Trait("Category", "Database")]
public sealed class SandboxWallTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Secret = "pretend-secret";

    [Fact]
    public async Task The_real_paths_and_the_sandbox_do_not_know_each_other()
    {
        await using var rig = await SpineServices.StartAsync(database.ConnectionString);
        var ann = await rig.GivenOwnerAsync();
        var real = await rig.GivenNumberAsync(ann, Deliveries.Number);
        var own = await rig.GivenNumberAsync(ann, "700777", appSecret: "own-secret");
        var (play, account) = await GivenPlayAsync(rig, ann, Secret);
        var (other, otherAccount) = await GivenPlayAsync(rig, ann, "another-secret");
        var (pretend, true_) = (Deliveries.To(account, Deliveries.Text("wamid.p", "pretend")), Deliveries.Of(Deliveries.Text("wamid.r", "real")));

        // Secrets of real apps, the installation's and a channel's own, say nothing about pretend accounts.
        foreach (var (secret, path) in new (string, Guid?)[] { (SpineServices.AppSecret, null), ("own-secret", own), (SpineServices.AppSecret, real), (SpineServices.AppSecret, play) })
        {
            Assert.IsType<Refusal.Unauthenticated>((await rig.PostAsync(pretend, secret, path)).Refusal);
        }

        // The pretend secret says nothing about real accounts, nor about another pretend one, on any path.
        foreach (var (body, path) in new (byte[], Guid?)[] { (true_, play), (Deliveries.To("700777", Deliveries.Text("wamid.o", "x")), play), (Deliveries.To(otherAccount, Deliveries.Text("wamid.q", "x")), play), (pretend, null), (pretend, other), (pretend, own), (true_, real) })
        {
            Assert.IsType<Refusal.Unauthenticated>((await rig.PostAsync(body, Secret, path)).Refusal);
        }

        Assert.Equal(0, await rig.QueryAsync<long>("select count(*) from webhook_deliveries"));

        // In a body with both, each secret opens its own half only.
        var both = Merge(true_, pretend);
        Assert.Null((await rig.PostAsync(both)).Refusal);
        Assert.Equal($"{real}", await rig.TextAsync("select channel_id from inbound_queue"));
        Assert.True((await rig.PostAsync(both, Secret, play)).Value.IsSandbox);
        Assert.Equal($"{real}; {play}", await rig.TextAsync("select channel_id from inbound_queue order by id"));
        await rig.ApplyAsync();
        Assert.Equal("real; pretend", await rig.TextAsync("select text from messages order by text desc"));
    }

    [Fact]
    public void Only_ids_of_the_range_are_pretend()
    {
        Assert.True(SandboxIds.Is(SandboxIds.New()));
        Assert.All(new[] { null, "", "700100200300501", "00000000", "0000000012345678901234567", "00000000123456789012345x", "100000001234567890123456" }, id => Assert.False(SandboxIds.Is(id)));
        var token = new SandboxToken(OmniId.New(), OmniId.New());
        Assert.Equal(token, SandboxToken.Read(token.Write()));
        Assert.All(new[] { null, "", "EAAG", "sandbox_x_y_z", token.Write()[1..], token.Write()[..^1] }, text => Assert.Null(SandboxToken.Read(text)));
    }

    private static async Task<(Guid Channel, string Account)> GivenPlayAsync(SpineServices rig, Actor owner, string secret)
    {
        var channel = new Channel(owner.OrganizationId, ChannelKind.WhatsApp, "Play", SandboxIds.New(), TimeProvider.System.GetUtcNow()) { Sandbox = true, AppSecretHash = SealedCredentials.HashOf(secret) };
        channel.Credentials = await rig.Get<ISecrets>().SealAsync(owner.OrganizationId, channel.Id, new Dictionary<string, string> { [CredentialNames.AppSecret] = secret }, default);
        await using var db = await rig.Get<IOmniDbFactory>().OpenAsync(owner.OrganizationId, default);
        db.Channels.Add(channel);
        db.Set<ChannelLane>().Add(new ChannelLane(owner.OrganizationId, channel.Id, "inbound"));
        Assert.True(await rig.Get<IChannelRoutes>().WriteAsync(db, channel, [], default));
        await db.CommitAsync(default);
        return (channel.Id, channel.ExternalAccountId);
    }

    private static byte[] Merge(byte[] first, byte[] second)
    {
        var merged = JsonNode.Parse(first)!;
        merged["entry"]!.AsArray().Add(JsonNode.Parse(second)!["entry"]![0]!.DeepClone());
        return System.Text.Encoding.UTF8.GetBytes(merged.ToJsonString());
    }
}

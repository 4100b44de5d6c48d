using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Tests.Channels.Connections;

public sealed class WebhookLogTests(ChannelRig rig) : IClassFixture<ChannelRig>
{
    private static CancellationToken Ct => CancellationToken.None;

    private WebhookLogService Log => rig.Get<WebhookLogService>();

    [Fact]
    public async Task Pages_of_the_own_organization_come_newest_first_and_end()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "301");
        var theirs = await rig.GivenAdminAsync();
        await rig.GivenSliceAsync("399", "failed", await rig.GivenChannelAsync(theirs, "399"), theirs.OrganizationId);
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await rig.GivenSliceAsync("301", i % 2 == 0 ? "failed" : "processed", channel, ann.OrganizationId));
        }

        var first = (await Log.ListAsync(ann, new WebhookFilter(), null, 3, Ct)).Value;
        var second = (await Log.ListAsync(ann, new WebhookFilter(), first.NextCursor, 3, Ct)).Value;
        var failed = (await Log.ListAsync(ann, new WebhookFilter(InboundState.Failed, channel.Id), null, null, Ct)).Value;

        Assert.Equal(ids.AsEnumerable().Reverse(), first.Rows.Concat(second.Rows).Select(r => r.Id));
        Assert.Null(second.NextCursor);
        Assert.Equal([ids[4], ids[2], ids[0]], failed.Rows.Select(r => r.Id));
    }

    [Fact]
    public async Task A_slice_shows_its_own_part_of_the_body_and_what_was_read_in_it()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "302");
        var id = await rig.GivenSliceAsync("302", "quarantined", channel, ann.OrganizationId, body: "{\"everybody\":\"secret\"}", slice: "{\"mine\":[1]}");

        var detail = (await Log.GetAsync(ann, id, Ct)).Value;

        Assert.Equal("{\n  \"mine\": [\n    1\n  ]\n}", detail.Body.ReplaceLineEndings("\n"));
        Assert.Equal([(InboundKind?)InboundKind.Message, null], detail.Items.Select(i => i.Kind));
        Assert.Equal("No sender.", detail.Items[1].Problem);
        Assert.Equal("p", detail.Headers["user-agent"]);
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_shown_as_it_came()
    {
        var ann = await rig.GivenAdminAsync();
        var id = await rig.GivenSliceAsync("303", "quarantined", await rig.GivenChannelAsync(ann, "303"), ann.OrganizationId, body: "<xml>");

        var detail = (await Log.GetAsync(ann, id, Ct)).Value;

        Assert.Equal(("<xml>", "The body is not JSON."), (detail.Body, detail.Problem));
    }

    [Fact]
    public async Task Another_organizations_slice_and_nobodys_do_not_exist()
    {
        var ann = await rig.GivenAdminAsync();
        var theirs = await rig.GivenAdminAsync();
        var id = await rig.GivenSliceAsync("304", "failed", await rig.GivenChannelAsync(theirs, "304"), theirs.OrganizationId);
        var nobodys = await rig.GivenSliceAsync("305", "unrouted");

        foreach (var hidden in new[] { id, nobodys })
        {
            Assert.IsType<Refusal.NotFound>((await Log.GetAsync(ann, hidden, Ct)).Refusal);
            Assert.IsType<Refusal.NotFound>((await Log.ReplayAsync(ann, hidden, Ct)).Refusal);
        }

        Assert.Equal("failed", await rig.ScalarAsync("select state from inbound_queue where id = $1", id));
        Assert.IsType<Refusal.Forbidden>((await Log.ListAsync(ann, new WebhookFilter(InboundState.Unrouted), null, null, Ct)).Refusal);
        Assert.IsType<Refusal.Forbidden>((await Log.ListAsync(ann with { Role = MemberRole.Agent }, new WebhookFilter(), null, null, Ct)).Refusal);
    }

    [Fact]
    public async Task An_administrator_of_the_installation_sees_nobodys_but_not_another_organizations()
    {
        var ann = await rig.GivenAdminAsync() with { IsInstallationAdministrator = true };
        var theirs = await rig.GivenAdminAsync();
        var hidden = await rig.GivenSliceAsync("306", "failed", await rig.GivenChannelAsync(theirs, "306"), theirs.OrganizationId);
        var unreadable = await rig.GivenSliceAsync("", "quarantined", body: "<xml>");

        Assert.IsType<Refusal.NotFound>((await Log.GetAsync(ann, hidden, Ct)).Refusal);
        Assert.Contains((await Log.ListAsync(ann, new WebhookFilter(InboundState.Quarantined), null, null, Ct)).Value.Rows, r => r.Id == unreadable);
        Assert.Equal("<xml>", (await Log.GetAsync(ann, unreadable, Ct)).Value.Body);
        Assert.IsType<Refusal.Conflict>((await Log.ReplayAsync(ann, unreadable, Ct)).Refusal);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("quarantined")]
    [InlineData("processed")]
    public async Task A_replayed_slice_waits_again_from_the_beginning(string state)
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, $"307{state.Length}");
        var id = await rig.GivenSliceAsync("307", state, channel, ann.OrganizationId);

        Assert.Null((await Log.ReplayAsync(ann, id, Ct)).Refusal);

        Assert.Equal(1L, await rig.ScalarAsync("select count(*) from inbound_queue where id = $1 and state = 'pending' and attempts = 0 and error is null and next_at <= now() and processed_at is null", id));
        var lines = (await rig.Get<AuditLogService>().ListAsync(ann, "webhook.", null, null, Ct)).Value;
        Assert.Equal($"webhook:{id}", Assert.Single(lines.Rows).Entry.Target);
    }

    [Fact]
    public async Task A_filter_is_replayed_in_chunks_and_touches_nothing_else()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "308");
        var other = await rig.GivenSliceAsync("308", "processed", channel, ann.OrganizationId);
        await rig.ExecuteAsync("insert into inbound_queue (delivery_id, kind, account_id, organization_id, channel_id, state, attempts, next_at, received_at) select $1, 'whatsapp', '308', $2, $3, 'failed', 2, now(), now() from generate_series(1, 1201)",
            OmniId.New(), ann.OrganizationId, channel.Id);

        Assert.Equal(1201, (await Log.ReplayAllAsync(ann, new WebhookFilter(InboundState.Failed, channel.Id), Ct)).Value.Total);
        Assert.Equal(0, (await Log.ReplayAllAsync(ann, new WebhookFilter(InboundState.Failed, channel.Id), Ct)).Value.Total);
        Assert.Equal("processed", await rig.ScalarAsync("select state from inbound_queue where id = $1", other));
        Assert.IsType<Refusal.Invalid>((await Log.ReplayAllAsync(ann, new WebhookFilter(), Ct)).Refusal);
    }

    [Fact]
    public async Task Replaying_an_unrouted_slice_finds_its_channel_once_there_is_one()
    {
        var administrator = await rig.GivenAdminAsync() with { IsInstallationAdministrator = true };
        var id = await rig.GivenSliceAsync("309", "unrouted");
        Assert.IsType<Refusal.Conflict>((await Log.ReplayAsync(administrator, id, Ct)).Refusal);

        var channel = await rig.GivenChannelAsync(await rig.GivenAdminAsync(), "309");
        await rig.ExecuteAsync("update inbound_queue set state = 'unrouted', organization_id = null, channel_id = null where id = $1", id);

        Assert.Null((await Log.ReplayAsync(administrator, id, Ct)).Refusal);
        Assert.Equal("pending", await rig.ScalarAsync("select state from inbound_queue where id = $1 and channel_id = $2", id, channel.Id));
    }
}

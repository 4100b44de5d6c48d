using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Inbox;

namespace Omni.Tests.Channels.Connections;

public sealed class ChannelLifeTests(ChannelRig rig) : IClassFixture<ChannelRig>
{
    private static CancellationToken Ct => CancellationToken.None;

    [Fact]
    public async Task New_credentials_must_read_the_same_account()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "201");

        var wrong = (await rig.Channels.UpdateAsync(ann, channel.Id, new ChannelPatch(Credentials: new Dictionary<string, string?> { ["accessToken"] = "wrong" }), Ct)).Refusal;
        var other = (await rig.Channels.UpdateAsync(ann, channel.Id, new ChannelPatch(Credentials: ChannelRig.Credentials("202")), Ct)).Refusal;

        Assert.Equal("accessToken", Assert.IsType<Refusal.Invalid>(wrong).Field);
        Assert.Equal("phoneNumberId", Assert.IsType<Refusal.Invalid>(other).Field);
        Assert.Equal("token-of-201-0123456789abcd", (await rig.Get<IChannelCredentials>().OpenAsync(ann.OrganizationId, channel.Id, Ct))!.Credentials["accessToken"]);
    }

    [Fact]
    public async Task A_new_token_is_used_at_once_and_the_channel_works_again()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "203");
        var credentials = rig.Get<IChannelCredentials>();
        var old = (await credentials.OpenAsync(ann.OrganizationId, channel.Id, Ct))!;
        Assert.True(await credentials.RefusedAsync(ann.OrganizationId, channel.Id, old, "The token has expired.", Ct));
        Assert.Equal(ChannelStatus.NeedsReauth, (await rig.Channels.HealthAsync(ann, channel.Id, Ct)).Value.Status);

        var renewed = (await rig.Channels.UpdateAsync(ann, channel.Id, new ChannelPatch(Credentials: new Dictionary<string, string?> { ["accessToken"] = "token-of-203-new" }), Ct)).Value;

        Assert.Equal((ChannelStatus.Connected, null), (renewed.Status, renewed.Reason));
        await Support.Eventually.HoldsAsync(
            async () => (await credentials.OpenAsync(ann.OrganizationId, channel.Id, Ct))!.Credentials["accessToken"] == "token-of-203-new", "the new token is used", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_refusal_of_an_old_token_does_not_mark_a_channel_that_has_a_new_one()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "204");
        var credentials = rig.Get<IChannelCredentials>();
        var old = (await credentials.OpenAsync(ann.OrganizationId, channel.Id, Ct))!;
        await rig.Channels.UpdateAsync(ann, channel.Id, new ChannelPatch(Credentials: new Dictionary<string, string?> { ["accessToken"] = "token-of-204-new" }), Ct);

        Assert.False(await credentials.RefusedAsync(ann.OrganizationId, channel.Id, old, "The token has expired.", Ct));
        Assert.Equal(ChannelStatus.Connected, (await rig.Channels.HealthAsync(ann, channel.Id, Ct)).Value.Status);
    }

    [Fact]
    public async Task Another_organizations_channel_does_not_exist()
    {
        var ann = await rig.GivenAdminAsync();
        var theirs = await rig.GivenChannelAsync(await rig.GivenAdminAsync(), "205");

        Assert.IsType<Refusal.NotFound>((await rig.Channels.GetAsync(ann, theirs.Id, Ct)).Refusal);
        Assert.IsType<Refusal.NotFound>((await rig.Channels.HealthAsync(ann, theirs.Id, Ct)).Refusal);
        Assert.IsType<Refusal.NotFound>((await rig.Channels.TestAsync(ann, theirs.Id, Ct)).Refusal);
        Assert.IsType<Refusal.NotFound>((await rig.Channels.UpdateAsync(ann, theirs.Id, new ChannelPatch(Name: "Mine"), Ct)).Refusal);
        Assert.IsType<Refusal.NotFound>((await rig.Channels.DisconnectAsync(ann, theirs.Id, Ct)).Refusal);
        Assert.IsType<Refusal.NotFound>((await rig.Channels.TemplatesAsync(ann, theirs.Id, Ct)).Refusal);
        Assert.Empty((await rig.Channels.ListAsync(ann, Ct)).Value);
        Assert.Null(await rig.Get<IChannelCredentials>().OpenAsync(ann.OrganizationId, theirs.Id, Ct));
    }

    [Fact]
    public async Task Disconnecting_erases_the_secrets_and_gives_up_what_waited()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "206");
        var message = await GivenQueuedMessageAsync(ann.OrganizationId, channel.Id);
        Assert.Equal(1, (await rig.Channels.HealthAsync(ann, channel.Id, Ct)).Value.Figures.Queued);

        Assert.Null((await rig.Channels.DisconnectAsync(ann, channel.Id, Ct)).Refusal);

        Assert.Equal("failed", await rig.ScalarAsync("select status from messages where id = $1", message));
        Assert.Equal(0L, await rig.ScalarAsync("select count(*) from outbox where channel_id = $1", channel.Id));
        Assert.Equal(0L, await rig.ScalarAsync("select count(*) from channel_routes where channel_id = $1", channel.Id));
        Assert.Equal(0, await rig.ScalarAsync("select length(credentials) from channels where id = $1", channel.Id));
        Assert.Null(await rig.Get<IChannelCredentials>().OpenAsync(ann.OrganizationId, channel.Id, Ct));
    }

    [Fact]
    public async Task A_test_of_a_dead_token_says_so_and_marks_the_channel_and_a_probe_finds_it_well_again()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "207");
        var works = rig.Platform.Proof;
        try
        {
            rig.Platform.Proof = access => access.AccountId == "207" ? new Refusal.Invalid("accessToken", "The token was revoked.") : works(access);

            var test = (await rig.Channels.TestAsync(ann, channel.Id, Ct)).Value;

            Assert.False(test.Ok);
            Assert.Equal("The token was revoked.", test.Summary);
            Assert.All(test.Checks.Where(c => c.State != CheckState.Ok), c => Assert.NotNull(c.Advice));
            Assert.Equal(ChannelStatus.NeedsReauth, (await rig.Channels.HealthAsync(ann, channel.Id, Ct)).Value.Status);

            rig.Platform.Proof = access => access.AccountId == "207" ? new Refusal.Unavailable("Away.", TimeSpan.FromSeconds(1)) : works(access);
            Assert.True((await rig.Get<IChannelProbe>().ProbeAsync(Ct)).Unanswered >= 1);
            Assert.Equal(ChannelStatus.NeedsReauth, (await rig.Channels.HealthAsync(ann, channel.Id, Ct)).Value.Status);
        }
        finally
        {
            rig.Platform.Proof = works;
        }

        await rig.Get<IChannelProbe>().ProbeAsync(Ct);
        Assert.Equal((ChannelStatus.Connected, null), ((await rig.Channels.HealthAsync(ann, channel.Id, Ct)).Value.Status, (await rig.Channels.GetAsync(ann, channel.Id, Ct)).Value.Reason));
    }

    [Fact]
    public async Task A_channel_that_is_switched_off_stays_off_until_it_is_switched_on()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "208");

        Assert.Equal(ChannelStatus.Disabled, (await rig.Channels.DisableAsync(ann, channel.Id, Ct)).Value.Status);
        await rig.Get<IChannelProbe>().ProbeAsync(Ct);
        Assert.Equal(ChannelStatus.Disabled, (await rig.Channels.HealthAsync(ann, channel.Id, Ct)).Value.Status);
        Assert.Equal(2L, await rig.ScalarAsync("select count(*) from channel_routes where channel_id = $1", channel.Id));
        Assert.Equal(ChannelStatus.Connected, (await rig.Channels.EnableAsync(ann, channel.Id, Ct)).Value.Status);
    }

    private async Task<Guid> GivenQueuedMessageAsync(Guid organization, Guid channel)
    {
        var (now, message) = (TimeProvider.System.GetUtcNow(), OmniId.New());
        var contact = new Contact(organization, "Kari", now);
        var talk = new Conversation(organization, channel, contact.Id, "", now);
        await using var db = await rig.Get<IOmniDbFactory>().OpenAsync(organization, Ct);
        db.Contacts.Add(contact);
        db.Conversations.Add(talk);
        await db.SaveChangesAsync(Ct);
        db.Messages.Add(new Message
        {
            Id = message,
            OrganizationId = organization,
            ConversationId = talk.Id,
            ChannelId = channel,
            Seq = 1,
            Direction = MessageDirection.Out,
            Status = MessageStatus.Queued,
            Text = "Hello",
        });
        db.Set<OutboxEntry>().Add(new(organization, message) { ConversationId = talk.Id, ChannelId = channel, Seq = 1, IsHead = true });
        await db.CommitAsync(Ct);
        return message;
    }
}

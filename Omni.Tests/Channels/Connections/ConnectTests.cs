using System.Text;
using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Tenancy;
using Omni.Web.Channels;

namespace Omni.Tests.Channels.Connections;

public sealed class ConnectTests(ChannelRig rig) : IClassFixture<ChannelRig>
{
    private static CancellationToken Ct => CancellationToken.None;

    [Fact]
    public async Task A_token_that_reads_the_account_connects_it_and_routes_its_deliveries()
    {
        var ann = await rig.GivenAdminAsync();

        var channel = await rig.GivenChannelAsync(ann, "101");

        Assert.Equal((ChannelStatus.Connected, "101", "+101"), (channel.Status, channel.ExternalAccountId, channel.Name));
        Assert.Equal("https://omni.example/webhooks/whatsapp", channel.Webhook!.Url);
        Assert.Equal(2L, await rig.ScalarAsync("select count(*) from channel_routes where channel_id = $1 and app = '' and external_account_id in ('101', '9101')", channel.Id));
        Assert.Equal(1L, await rig.ScalarAsync("select count(*) from channel_lanes where channel_id = $1 and purpose = 'inbound'", channel.Id));
        Assert.Equal(1L, await rig.ScalarAsync("select count(*) from audit_log where organization_id = $1 and action = 'channel.connected'", ann.OrganizationId));
        Assert.Equal(1L, await rig.ScalarAsync("select count(*) from change_events where organization_id = $1 and name = 'channel.status'", ann.OrganizationId));
    }

    [Fact]
    public async Task A_token_that_does_not_read_the_account_names_the_field_and_leaves_nothing()
    {
        var ann = await rig.GivenAdminAsync();
        var entered = ChannelRig.Credentials("102");
        entered["accessToken"] = "token-of-somebody-else";

        var refusal = (await rig.Channels.ConnectAsync(ann, new ChannelDraft(ChannelKind.WhatsApp, null, entered), Ct)).Refusal;

        Assert.Equal("accessToken", Assert.IsType<Refusal.Invalid>(refusal).Field);
        Assert.Equal(ErrorCode.AccountNotProved, refusal.Code);
        Assert.Equal(0L, await rig.ScalarAsync("select count(*) from channels where organization_id = $1", ann.OrganizationId));
        Assert.Equal(0L, await rig.ScalarAsync("select count(*) from channel_routes where external_account_id = '102'"));
    }

    [Fact]
    public async Task A_token_that_reads_another_account_than_the_entered_one_is_refused()
    {
        var other = new FakeAdapter { Proof = _ => new ChannelProof("666", "Somebody else", [], null) };
        var before = rig.Platform.Proof;
        rig.Platform.Proof = other.Proof;
        try
        {
            var refusal = (await rig.Channels.ConnectAsync(await rig.GivenAdminAsync(), new ChannelDraft(ChannelKind.WhatsApp, null, ChannelRig.Credentials("103")), Ct)).Refusal;

            Assert.Equal("phoneNumberId", Assert.IsType<Refusal.Invalid>(refusal).Field);
        }
        finally
        {
            rig.Platform.Proof = before;
        }
    }

    [Fact]
    public async Task An_account_of_another_organization_is_refused_without_naming_it()
    {
        await rig.GivenChannelAsync(await rig.GivenAdminAsync(), "104");
        var ben = await rig.GivenAdminAsync();

        var refusal = (await rig.Channels.ConnectAsync(ben, new ChannelDraft(ChannelKind.WhatsApp, null, ChannelRig.Credentials("104")), Ct)).Refusal;

        Assert.DoesNotContain("Team", Assert.IsType<Refusal.Conflict>(refusal).Message, StringComparison.Ordinal);
        Assert.Equal(0L, await rig.ScalarAsync("select count(*) from channels where organization_id = $1", ben.OrganizationId));
    }

    [Fact]
    public async Task An_account_of_another_organization_is_not_taken_over_with_an_own_app()
    {
        await rig.GivenChannelAsync(await rig.GivenAdminAsync(), "105");
        var entered = ChannelRig.Credentials("105");
        entered["appSecret"] = "my-own-app-secret";

        var refusal = (await rig.Channels.ConnectAsync(await rig.GivenAdminAsync(), new ChannelDraft(ChannelKind.WhatsApp, null, entered), Ct)).Refusal;

        Assert.IsType<Refusal.Conflict>(refusal);
        Assert.Equal(1L, await rig.ScalarAsync("select count(*) from channel_routes where external_account_id = '105'"));
    }

    [Fact]
    public async Task A_reconnected_account_gets_its_channel_back()
    {
        var ann = await rig.GivenAdminAsync();
        var first = await rig.GivenChannelAsync(ann, "106");
        await rig.Channels.UpdateAsync(ann, first.Id, new ChannelPatch(Name: "Support line"), Ct);
        await rig.Channels.DisconnectAsync(ann, first.Id, Ct);

        var again = await rig.GivenChannelAsync(ann, "106");

        Assert.Equal((first.Id, "Support line", ChannelStatus.Connected), (again.Id, again.Name, again.Status));
        Assert.Equal(2L, await rig.ScalarAsync("select count(*) from channel_routes where channel_id = $1", first.Id));
    }

    [Fact]
    public async Task Secrets_are_neither_answered_nor_stored_in_the_clear()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "107", appSecret: "own-app-secret-4711");

        var answer = JsonSerializer.Serialize(ChannelShapes.Of(channel));
        var row = Encoding.Latin1.GetString((byte[])(await rig.ScalarAsync("select convert_to(c::text, 'UTF8') || c.credentials from channels c where id = $1", channel.Id))!);

        foreach (var secret in new[] { "token-of-107", "own-app-secret" })
        {
            Assert.DoesNotContain(secret, answer, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, row, StringComparison.Ordinal);
        }

        Assert.Equal("""{"set":true,"lastFour":"abcd"}""", channel.Credentials!["accessToken"]!.ToJsonString());
        Assert.Contains("abcd", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_with_its_own_app_has_its_own_address_and_a_verify_token()
    {
        var channel = await rig.GivenChannelAsync(await rig.GivenAdminAsync(), "108", appSecret: "own-app-secret");

        var secrets = await rig.Get<IWebhookSecrets>().FindAsync(ChannelKind.WhatsApp, channel.Id, Ct);

        Assert.Equal($"https://omni.example/webhooks/whatsapp/{channel.Id}", channel.Webhook!.Url);
        Assert.Equal(["own-app-secret"], secrets!.AppSecrets);
        Assert.Equal([channel.Webhook.VerifyToken!], secrets.VerifyTokens);
        Assert.Equal(SealedCredentials.HashOf("own-app-secret"), secrets.App);
        Assert.Equal(2L, await rig.ScalarAsync("select count(*) from channel_routes where channel_id = $1 and app = $2", channel.Id, secrets.App));
    }

    [Fact]
    public async Task Webhook_paths_of_nobody_have_no_secrets()
    {
        var channel = await rig.GivenChannelAsync(await rig.GivenAdminAsync(), "109");
        var secrets = rig.Get<IWebhookSecrets>();

        Assert.Null(await secrets.FindAsync(ChannelKind.WhatsApp, channel.Id, Ct)); // it uses the installation's app
        Assert.Null(await secrets.FindAsync(ChannelKind.WhatsApp, OmniId.New(), Ct));
        Assert.Null(await secrets.FindAsync(ChannelKind.Telegram, null, Ct));
        Assert.Equal(["installation-word"], (await secrets.FindAsync(ChannelKind.WhatsApp, null, Ct))!.VerifyTokens);
    }

    [Fact]
    public async Task Without_an_app_of_the_installation_an_own_app_secret_is_asked_for()
    {
        var ann = await rig.GivenAdminAsync();
        await using var other = rig.Build(appSecret: "");

        var refusal = (await ((ChannelService)other.GetService(typeof(ChannelService))!).ConnectAsync(
            ann, new ChannelDraft(ChannelKind.WhatsApp, null, ChannelRig.Credentials("110")), Ct)).Refusal;

        Assert.Equal("appSecret", Assert.IsType<Refusal.Invalid>(refusal).Field);
    }

    [Theory]
    [InlineData("phoneNumberId", "")]
    [InlineData("accessToken", "two words")]
    [InlineData("accessToken", "line\nbreak")]
    [InlineData("pageId", "1")]
    [InlineData("verifyToken", "word-without-an-app-secret")]
    public async Task Wrong_input_is_refused_before_the_platform_is_asked(string field, string value)
    {
        var entered = ChannelRig.Credentials("111");
        entered[field] = value;

        var refusal = (await rig.Channels.ConnectAsync(await rig.GivenAdminAsync(), new ChannelDraft(ChannelKind.WhatsApp, null, entered), Ct)).Refusal;

        Assert.Equal(field == "verifyToken" ? "appSecret" : field, Assert.IsType<Refusal.Invalid>(refusal).Field);
    }

    [Fact]
    public async Task An_agent_may_look_but_not_connect_and_sees_no_webhook()
    {
        var ann = await rig.GivenAdminAsync();
        var channel = await rig.GivenChannelAsync(ann, "112", appSecret: "own-app-secret");
        var agent = ann with { Role = MemberRole.Agent };

        var seen = (await rig.Channels.GetAsync(agent, channel.Id, Ct)).Value;

        Assert.Null(seen.Webhook);
        Assert.Null(seen.Credentials);
        Assert.IsType<Refusal.Forbidden>((await rig.Channels.DisconnectAsync(agent, channel.Id, Ct)).Refusal);
        Assert.IsType<Refusal.Forbidden>((await rig.Channels.ConnectAsync(agent, new ChannelDraft(ChannelKind.WhatsApp, null, ChannelRig.Credentials("113")), Ct)).Refusal);
    }

    [Fact]
    public async Task What_came_before_is_handed_over_only_when_it_was_verified_in_a_fitting_way()
    {
        var signedByInstallation = await rig.GivenSliceAsync("114", "unrouted");
        var signedByAStranger = await rig.GivenSliceAsync("114", "unrouted", verifiedBy: OmniId.New());
        var ofAnotherAccount = await rig.GivenSliceAsync("115", "unrouted");

        var channel = await rig.GivenChannelAsync(await rig.GivenAdminAsync(), "114");

        Assert.Equal("pending", await rig.ScalarAsync("select state from inbound_queue where id = $1 and channel_id = $2", signedByInstallation, channel.Id));
        Assert.Equal(2L, await rig.ScalarAsync("select count(*) from inbound_queue where id = any($1) and state = 'unrouted' and organization_id is null", (object)new[] { signedByAStranger, ofAnotherAccount }));
    }

    [Fact]
    public async Task What_a_channels_own_app_signed_is_handed_to_channels_of_the_same_app_and_organization_only()
    {
        var ann = await rig.GivenAdminAsync();
        var first = await rig.GivenChannelAsync(ann, "116", appSecret: "shared-own-secret");
        var fits = await rig.GivenSliceAsync("117", "unrouted", verifiedBy: first.Id);
        var ofInstallation = await rig.GivenSliceAsync("117", "unrouted");

        var second = await rig.GivenChannelAsync(ann, "117", appSecret: "shared-own-secret");

        Assert.Equal("pending", await rig.ScalarAsync("select state from inbound_queue where id = $1 and channel_id = $2", fits, second.Id));
        Assert.Equal("unrouted", await rig.ScalarAsync("select state from inbound_queue where id = $1", ofInstallation));
    }
}

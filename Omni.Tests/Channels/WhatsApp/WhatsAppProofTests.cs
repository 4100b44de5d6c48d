using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Infrastructure.Channels.WhatsApp;

namespace Omni.Tests.Channels.WhatsApp;

public sealed class WhatsAppProofTests
{
    [Fact]
    public async Task A_right_token_proves_the_number_and_subscribes()
    {
        await using var rig = await WhatsAppRig.StartAsync();

        var proof = await rig.Channel.ProveAsync(rig.Access, CancellationToken.None);

        Assert.Equal((WhatsAppRig.NumberId, "Kiosk (+49 30 555010)"), (proof.Value.AccountId, proof.Value.DisplayName));
        Assert.Equal([WhatsAppRig.BusinessId], proof.Value.OtherAccountIds);
        Assert.True(rig.Account.Subscribed);
    }

    [Theory]
    [InlineData("wrong-token", WhatsAppRig.NumberId, WhatsAppRig.BusinessId, "accessToken")]
    [InlineData("", WhatsAppRig.NumberId, WhatsAppRig.BusinessId, "accessToken")]
    [InlineData("with space", WhatsAppRig.NumberId, WhatsAppRig.BusinessId, "accessToken")]
    [InlineData("rig-token", "700100200300499", WhatsAppRig.BusinessId, "phoneNumberId")]
    [InlineData("rig-token", "+49 30 555010", WhatsAppRig.BusinessId, "phoneNumberId")]
    [InlineData("rig-token", "me", WhatsAppRig.BusinessId, "phoneNumberId")]
    [InlineData("rig-token", "../debug_token", WhatsAppRig.BusinessId, "phoneNumberId")]
    [InlineData("rig-token", WhatsAppRig.BusinessId, WhatsAppRig.BusinessId, "phoneNumberId")]
    [InlineData("rig-token", WhatsAppRig.NumberId, "", "businessAccountId")]
    [InlineData("rig-token", WhatsAppRig.NumberId, "800100200300499", "businessAccountId")]
    [InlineData("rig-token", WhatsAppRig.NumberId, WhatsAppRig.NumberId, "businessAccountId")]
    [InlineData("rig-token", WhatsAppRig.NumberId, "800100200300777", "businessAccountId")]
    public async Task A_wrong_input_is_named_and_nothing_is_subscribed(string token, string number, string business, string field)
    {
        await using var rig = await WhatsAppRig.StartAsync();
        // The token reads a second business account as well, which does not hold the number.
        var other = rig.Simulator.Register(new SimulatedAccount("700100200300777", "800100200300777", "rig-token", "s"));

        var proof = await rig.Channel.ProveAsync(WhatsAppRig.AccessWith(token, number, business), CancellationToken.None);

        Assert.Equal(field, Assert.IsType<Refusal.Invalid>(proof.Refusal).Field);
        Assert.False(rig.Account.Subscribed || other.Subscribed);
    }

    [Fact]
    public async Task Another_tenants_number_cannot_be_proved_with_ones_own_token()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        rig.Simulator.Register(new SimulatedAccount("700100200300888", "800100200300888", "their-token", "s"));

        var proof = await rig.Channel.ProveAsync(WhatsAppRig.AccessWith("rig-token", "700100200300888", "800100200300888"), CancellationToken.None);

        Assert.IsType<Refusal.Invalid>(proof.Refusal);
    }

    [Fact]
    public async Task A_number_on_a_later_page_is_found()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        for (var i = 0; i < 250; i++)
        {
            rig.Simulator.Register(new SimulatedAccount($"7002{i}", WhatsAppRig.BusinessId, "rig-token", "s"));
        }

        Assert.Null((await rig.Channel.ProveAsync(rig.Access, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task With_the_apps_secret_a_token_without_the_permission_is_refused()
    {
        await using var server = await SimulatorServer.StartAsync();
        server.Simulator.Register(new SimulatedAccount(WhatsAppRig.NumberId, WhatsAppRig.BusinessId, "rig-token", "s") { Scopes = ["public_profile"] });
        await using var services = WhatsAppRig.Services(server.Url, ("AppId", "12345"), ("AppSecret", "app-secret"));

        var proof = await services.GetRequiredService<WhatsAppChannel>().ProveAsync(WhatsAppRig.AccessWith("rig-token"), CancellationToken.None);

        var refusal = Assert.IsType<Refusal.Invalid>(proof.Refusal);
        Assert.Equal("accessToken", refusal.Field);
        Assert.Contains("whatsapp_business_messaging", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "garbage")]
    [InlineData(429, "")]
    [InlineData(503, """{"error":{"code":2,"message":"away"}}""")]
    public async Task A_platform_that_is_away_is_not_the_owners_mistake(int status, string body)
    {
        await using var server = await LocalServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync(body);
        });
        await using var services = WhatsAppRig.Services(server.Url);

        var proof = await services.GetRequiredService<WhatsAppChannel>().ProveAsync(WhatsAppRig.AccessWith("rig-token"), CancellationToken.None);

        Assert.IsType<Refusal.Unavailable>(proof.Refusal);
    }

    [Fact]
    public async Task Templates_are_listed_over_all_pages()
    {
        await using var rig = await WhatsAppRig.StartAsync(a => a with { Templates = [.. Enumerable.Range(0, 230).Select(i => WhatsAppRig.Template($"{i}", $"t{i}", "Hallo {{1}}", i == 0 ? "PAUSED" : "APPROVED"))] });

        var templates = (await rig.Channel.ListTemplatesAsync(rig.Access, CancellationToken.None)).Value;

        Assert.Equal(230, templates.Count);
        Assert.Equal(("t0", "de", "utility", "paused", "Hallo {{1}}"), (templates[0].Name, templates[0].Language, templates[0].Category, templates[0].Status, templates[0].Body));
        Assert.Equal("BODY", (string?)templates[229].Components[0]?["type"]);
    }

    [Fact]
    public async Task Templates_that_cannot_be_listed_are_a_refusal()
    {
        await using var rig = await WhatsAppRig.StartAsync();
        Assert.Equal("businessAccountId", Assert.IsType<Refusal.Invalid>((await rig.Channel.ListTemplatesAsync(WhatsAppRig.AccessWith("rig-token", business: "1"), CancellationToken.None)).Refusal).Field);
        Assert.Equal("accessToken", Assert.IsType<Refusal.Invalid>((await rig.Channel.ListTemplatesAsync(WhatsAppRig.AccessWith("other"), CancellationToken.None)).Refusal).Field);
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Tests.Channels.TikTok;

/// <summary>Whom a token speaks for, and where the app's deliveries go.</summary>
public sealed class TikTokProofTests : IAsyncLifetime
{
    private const string Account = "-000Zk3LMd8fKlJRzpQ11fjord";
    private SimulatorServer _server = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _server = await SimulatorServer.StartAsync();
        _services = TikTokRig.Services(_server.Url, address: "https://omni.example");
        foreach (var id in new[] { Account, "-000other" })
        {
            _server.Simulator.Register(new SimulatedAccount(id, "", $"token-of-{id}", "secret") { Kind = ChannelKind.TikTok, DisplayNumber = "fjord.tents" });
        }
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_token_proves_its_own_account_and_the_app_listens_from_then_on()
    {
        var proof = (await ProveAsync(Account, $"token-of-{Account}")).Value;
        Assert.Equal((Account, "@fjord.tents"), (proof.AccountId, proof.DisplayName));
        Assert.Equal("https://omni.example/webhooks/tiktok", _server.Simulator.TikTok.CallbackUrl);
    }

    [Theory]
    [InlineData(Account, "token-of--000other", "businessId")]
    [InlineData("-000other", "token-of-" + Account, "businessId")]
    [InlineData(Account, "made-up", "accessToken")]
    [InlineData(Account, "two\nlines", "accessToken")]
    public async Task Anything_else_is_refused_with_the_wrong_input(string account, string token, string field)
    {
        Assert.Equal(field, Assert.IsType<Refusal.Invalid>((await ProveAsync(account, token)).Refusal).Field);
        Assert.Null(_server.Simulator.TikTok.CallbackUrl);
    }

    [Fact]
    public async Task With_an_app_of_its_own_the_account_itself_must_be_readable()
    {
        var own = new Dictionary<string, string> { ["appSecret"] = "own-app-secret" };
        Assert.Null((await ProveAsync(Account, $"token-of-{Account}", own)).Refusal);
        Assert.Equal("accessToken", Assert.IsType<Refusal.Invalid>((await ProveAsync(Account, "token-of--000other", own)).Refusal).Field);
        Assert.Null(_server.Simulator.TikTok.CallbackUrl); // whoever brings the app sets its address
    }

    [Fact]
    public async Task A_permission_that_was_unticked_is_named()
    {
        _server.Simulator.TikTok.Scopes = "user.info.basic,message.list.read,message.list.manage";
        var refusal = Assert.IsType<Refusal.Invalid>((await ProveAsync(Account, $"token-of-{Account}")).Refusal);
        Assert.Equal("accessToken", refusal.Field);
        Assert.Contains("message.list.send", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_TikTok_cannot_reach_is_not_given_to_it()
    {
        await using var local = TikTokRig.Services(_server.Url);
        Assert.Null((await ProveAsync(Account, $"token-of-{Account}", services: local)).Refusal);
        Assert.Null(_server.Simulator.TikTok.CallbackUrl);
    }

    [Fact]
    public async Task A_platform_that_is_away_proves_nothing_and_blames_no_input()
    {
        await using var away = TikTokRig.Services(new Uri("http://127.0.0.1:1/"));
        Assert.IsType<Refusal.Unavailable>((await ProveAsync(Account, "token", services: away)).Refusal);
    }

    [Fact]
    public async Task Signs_and_cards_go_to_the_conversation()
    {
        var adapter = _services.GetRequiredService<IChannelAdapter>();
        var access = Access(Account, $"token-of-{Account}");
        var thread = TikTokPayloads.ThreadOf("nora");
        Assert.Null((await adapter.SignalAsync(new OutboundSignal(SignalKind.Read, ["nora"], "m", thread), access, default)).Refusal);
        Assert.Null((await adapter.SignalAsync(new OutboundSignal(SignalKind.Typing, ["nora"], "m", thread), access, default)).Refusal);
        Assert.IsType<Refusal.Invalid>((await adapter.SignalAsync(new OutboundSignal(SignalKind.Typing, ["nora"], "m"), access, default)).Refusal);
        Assert.Equal([false, true], _server.Simulator.Ledger.Signals.Select(s => s.Typing));

        var card = new OutboundMessage
        {
            Id = OmniId.New(), Recipients = ["nora"], ThreadKey = thread, Type = "interactive", Text = "What do you need?",
            Interactive = new JsonObject { ["buttons"] = new JsonArray(new JsonObject { ["id"] = "tent", ["title"] = "A tent" }, new JsonObject { ["id"] = "pole", ["title"] = "A pole" }) },
        };
        Assert.IsType<SendOutcome.Accepted>(await adapter.SendAsync(card, access, default));
        foreach (var bad in new[]
        {
            card with { Text = new string('x', 41) }, card with { Interactive = new JsonObject { ["buttons"] = new JsonArray(new JsonObject { ["id"] = "a", ["title"] = new string('x', 21) }) } },
            card with { Interactive = new JsonObject { ["buttons"] = new JsonArray([.. Enumerable.Range(0, 4).Select(i => new JsonObject { ["id"] = $"{i}", ["title"] = $"{i}" })]) } },
            card with { ThreadKey = "" }, card with { Type = "image", Media = null }, card with { Type = "video" }, card with { Type = "reaction", ReplyTo = "m", Emoji = "👍" },
        })
        {
            Assert.IsType<SendOutcome.Rejected>(await adapter.SendAsync(bad, access, default));
        }

        Assert.Equal("What do you need?", Assert.Single(_server.Simulator.Ledger.Sends).Text);
    }

    [Theory]
    [InlineData("ApiUrl", "ftp://tiktok.com/")]
    [InlineData("AppSecret", "short")]
    [InlineData("AppId", "not an id")]
    [InlineData("ApiVersion", "1.3")]
    [InlineData("MediaHosts:0", "http://cdn")]
    public void A_setting_that_makes_no_sense_is_refused_by_name(string key, string value)
    {
        using var services = TikTokRig.Services(_server.Url, settings: ($"Platforms:TikTok:{key}", value));
        var failure = Assert.ThrowsAny<Exception>(() => services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TikTokOptions>>().Value);
        Assert.Contains($"Platforms:TikTok:{key.Split(':')[0]}", failure.Message, StringComparison.Ordinal);
    }

    private Task<Result<ChannelProof>> ProveAsync(string account, string token, Dictionary<string, string>? more = null, ServiceProvider? services = null) =>
        (services ?? _services).GetRequiredService<IChannelAdapter>().ProveAsync(Access(account, token, more), CancellationToken.None);

    private static ChannelAccess Access(string account, string token, Dictionary<string, string>? more = null) =>
        new(account, new Dictionary<string, string>(more ?? []) { ["businessId"] = account, ["accessToken"] = token });
}

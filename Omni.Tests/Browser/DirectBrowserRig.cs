using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>The real program with apps of its own at a simulated Meta, TikTok and Reddit, which know one page, one Instagram account and one business account.</summary>
public sealed class DirectBrowserRig : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();

    internal SpineRig Spine { get; private set; } = null!;

    /// <summary>The accounts at the platform, which nobody has connected.</summary>
    internal Dictionary<ChannelKind, SimulatedAccount> Accounts { get; } = [];

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        Spine = await SpineRig.StartAsync(_database.ConnectionString, "--Platforms:Meta:AppId=700100", "--Platforms:TikTok:AppId=7700411", $"--Platforms:TikTok:AppSecret={SpineRig.AppSecret}", "--Platforms:Reddit:ClientId=omni-app", "--Platforms:Reddit:ClientSecret=secret", "--Omni:Limits:TokenPerMinute=60000", "--Omni:Limits:TokenBurst=60000");
        foreach (var (kind, id, page, name) in new[] { (ChannelKind.Messenger, "700100200300811", "700100200300811", "Fjord Tents"), (ChannelKind.Instagram, "17841400000000811", "700100200300812", "Fjord Tents on Instagram"), (ChannelKind.TikTok, "-000Zk3LMd8fKlJRzpQ811fjord", "", "Fjord Tents on TikTok") })
        {
            Accounts[kind] = Spine.Platform.Register(new SimulatedAccount(id, page, $"page-token-4711-of-{id}", SpineRig.AppSecret)
            {
                Kind = kind,
                Name = name,
                DisplayNumber = kind == ChannelKind.TikTok ? "fjord.videos" : "fjord.tents",
                Scopes = ["pages_messaging", "instagram_manage_messages"],
                WebhookUrl = new Uri(Spine.Omni.Address, $"/webhooks/{Core.Common.Names.Of(kind)}"),
            });
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Spine.DisposeAsync();
        await _database.DisposeAsync();
    }
}

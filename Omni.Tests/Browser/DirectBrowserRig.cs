using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Support;

namespace Omni.Tests.Browser;

/// <summary>The real program with a Meta app and a Reddit app of its own, a simulated Meta that knows one page and one Instagram account, and a simulated Reddit.</summary>
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
        Spine = await SpineRig.StartAsync(_database.ConnectionString, "--Platforms:Meta:AppId=700100", "--Platforms:Reddit:ClientId=omni-app", "--Platforms:Reddit:ClientSecret=secret", "--Omni:Limits:TokenPerMinute=60000", "--Omni:Limits:TokenBurst=60000");
        foreach (var (kind, id, page, name) in new[] { (ChannelKind.Messenger, "700100200300811", "700100200300811", "Fjord Tents"), (ChannelKind.Instagram, "17841400000000811", "700100200300812", "Fjord Tents on Instagram") })
        {
            Accounts[kind] = Spine.Platform.Register(new SimulatedAccount(id, page, $"page-token-4711-of-{id}", SpineRig.AppSecret)
            {
                Kind = kind,
                Name = name,
                DisplayNumber = "fjord.tents",
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

using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Pretends Instagram.</summary>
internal sealed class SandboxInstagram(GraphSimulator simulator, SandboxGraph graph, IOmniDbFactory dbs, IOptions<MetaOptions> meta)
    : SandboxDirect(ChannelKind.Instagram, simulator, graph, dbs, meta)
{
    public override bool ReportsDelivery => false;

    public override IReadOnlySet<SandboxMessageType> Types { get; } = Enum.GetValues<SandboxMessageType>()
        .Where(t => t is not (SandboxMessageType.Document or SandboxMessageType.Location)).ToHashSet();

    public override IReadOnlyDictionary<string, string> NewCredentials(string accountId, string token, string secret) => new Dictionary<string, string>
    {
        [CredentialNames.AccountId] = accountId,
        [CredentialNames.Variant] = CredentialNames.VariantPage,
        [CredentialNames.PageId] = SandboxIds.New(),
        [CredentialNames.AccessToken] = token,
        [CredentialNames.AppSecret] = secret,
    };

    public override string DisplayName(string accountId) => $"@pretend.shop.{accountId[^4..]}";
}

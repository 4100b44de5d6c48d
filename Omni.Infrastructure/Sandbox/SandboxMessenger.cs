using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Sandbox;
using Omni.Infrastructure.Channels.Simulator;

namespace Omni.Infrastructure.Sandbox;

/// <summary>Pretends Messenger.</summary>
internal sealed class SandboxMessenger(GraphSimulator simulator, SandboxGraph graph, IOmniDbFactory dbs, IOptions<MetaOptions> meta)
    : SandboxDirect(ChannelKind.Messenger, simulator, graph, dbs, meta)
{
    public override IReadOnlySet<SandboxMessageType> Types { get; } = Enum.GetValues<SandboxMessageType>().Where(t => t != SandboxMessageType.Delete).ToHashSet();

    public override IReadOnlyDictionary<string, string> NewCredentials(string accountId, string token, string secret) => new Dictionary<string, string>
    {
        [CredentialNames.PageId] = accountId,
        [CredentialNames.AccessToken] = token,
        [CredentialNames.AppSecret] = secret,
    };

    public override string DisplayName(string accountId) => "Pretend shop";
}

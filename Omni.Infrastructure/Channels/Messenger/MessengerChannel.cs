using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Messenger;

/// <summary>Facebook Messenger: direct messages of a page.</summary>
internal sealed class MessengerChannel(GraphClient graph) : DirectChannel(graph, Platform)
{
    private readonly MessengerProof _proof = new(graph);

    /// <summary>What is Messenger's own.</summary>
    internal static DirectPlatform Platform { get; } = new(ChannelKind.Messenger, MetaTopic.Messenger, MessengerCapabilities.Value);

    /// <inheritdoc/>
    public override Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct) => _proof.ProveAsync(access, ct);
}

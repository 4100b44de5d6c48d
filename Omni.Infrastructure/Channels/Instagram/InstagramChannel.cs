using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.Instagram;

/// <summary>Instagram direct messages, of accounts connected by their Facebook page or by Instagram's own login.</summary>
internal sealed class InstagramChannel(GraphClient graph, TimeProvider clock) : DirectChannel(graph, Platform), ITokenRenewal
{
    private readonly InstagramProof _proof = new(graph);
    private readonly InstagramTokens _tokens = new(graph, clock);

    /// <summary>What is Instagram's own.</summary>
    internal static DirectPlatform Platform { get; } = new(ChannelKind.Instagram, MetaTopic.Instagram, InstagramCapabilities.Value);

    /// <inheritdoc/>
    public TimeSpan RenewBefore => InstagramTokens.Before;

    /// <inheritdoc/>
    public override Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct) => _proof.ProveAsync(access, ct);

    /// <inheritdoc/>
    public Task<Result<RenewedToken>> RenewAsync(ChannelAccess access, CancellationToken ct) => _tokens.RenewAsync(access, ct);
}

using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>TikTok Business Messaging: direct messages of a business account. The parts are told apart by what they do; this only names them.</summary>
internal sealed class TikTokChannel(TikTokClient client, TikTokTokens tokens, IPublicAddress address, TimeProvider clock) : IChannelAdapter, IChannelHistory, ITokenRenewal
{
    private const int LongestChallenge = 200;

    private readonly TikTokSender _sender = new(client);
    private readonly TikTokFiles _files = new(client);
    private readonly TikTokHistory _history = new(client, clock);
    private readonly TikTokProof _proof = new(client, address);

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.TikTok;

    /// <inheritdoc/>
    public ChannelCapabilities Capabilities => TikTokCapabilities.Value;

    /// <inheritdoc/>
    public IReadOnlySet<string> KeptHeaders { get; } = new HashSet<string> { TikTokSignature.Header, "content-type", "user-agent", "webhook-schema-version", "x-tt-logid" };

    /// <inheritdoc/>
    public TimeSpan RenewBefore => TikTokTokens.Before;

    /// <inheritdoc/>
    /// <remarks>A delivery that is repeated after more than five minutes may carry a signature that is too old by then.</remarks>
    public TimeSpan? LooksEvery { get; } = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public bool IsAuthentic(WebhookDelivery delivery, string secret) => TikTokSignature.Verify(delivery, secret, clock.GetUtcNow());

    /// <inheritdoc/>
    /// <remarks>The platform agrees on no token. Whether it asks at all is not documented; a plain word is given back.</remarks>
    public string? AnswerChallenge(IReadOnlyDictionary<string, string> query, string verifyToken) =>
        query.TryGetValue("challenge", out var challenge) && challenge.Length is > 0 and <= LongestChallenge && challenge.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? challenge : null;

    /// <inheritdoc/>
    public IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body) => TikTokParser.Split(body);

    /// <inheritdoc/>
    public IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice) => TikTokParser.Parse(slice);

    /// <inheritdoc/>
    public Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct) => _sender.SendAsync(message, access, ct);

    /// <inheritdoc/>
    public Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct) => _sender.SignalAsync(signal, access, ct);

    /// <inheritdoc/>
    public Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct) => _proof.ProveAsync(access, ct);

    /// <inheritdoc/>
    public Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct) => _files.OpenAsync(media, access, ct);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<MessageTemplate>>> ListTemplatesAsync(ChannelAccess access, CancellationToken ct) =>
        Task.FromResult<Result<IReadOnlyList<MessageTemplate>>>(new List<MessageTemplate>());

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<byte[]>>> HistoryAsync(ChannelAccess access, DateTimeOffset since, CancellationToken ct) => _history.ReadAsync(access, since, ct);

    /// <inheritdoc/>
    public Task<Result<RenewedToken>> RenewAsync(ChannelAccess access, CancellationToken ct) => tokens.RenewAsync(access, ct);
}

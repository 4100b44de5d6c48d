using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Reddit: private messages, the one-to-one chats Reddit shows through them, and where wanted comments and mentions. Nothing is posted to us: it is fetched.</summary>
internal sealed class RedditChannel(RedditClient reddit, TimeProvider clock) : IChannelAdapter, ITokenRenewal, IChannelPolling, IChannelHistory
{
    private readonly RedditSender _sender = new(reddit);
    private readonly RedditProof _proof = new(reddit);
    private readonly RedditTokens _tokens = new(reddit, clock);
    private readonly RedditPoll _poll = new(reddit, clock);

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.Reddit;

    /// <inheritdoc/>
    public ChannelCapabilities Capabilities => RedditCapabilities.Value;

    /// <inheritdoc/>
    public IReadOnlySet<string> KeptHeaders { get; } = new HashSet<string>();

    /// <inheritdoc/>
    public TimeSpan RenewBefore => RedditTokens.Before;

    /// <inheritdoc/>
    public TimeSpan Every => TimeSpan.FromSeconds(45);

    /// <inheritdoc/>
    public TimeSpan EveryWhileOpen => TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string RecheckedIds => $"{RedditThing.Comment}_";

    /// <inheritdoc/>
    /// <remarks>Reddit signs nothing because it sends nothing.</remarks>
    public bool IsAuthentic(WebhookDelivery delivery, string secret) => false;

    /// <inheritdoc/>
    public string? AnswerChallenge(IReadOnlyDictionary<string, string> query, string verifyToken) => null;

    /// <inheritdoc/>
    public IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body) => RedditParser.Split(body);

    /// <inheritdoc/>
    public IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice) => RedditParser.Parse(slice);

    /// <inheritdoc/>
    public Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct) => _sender.SendAsync(message, access, ct);

    /// <inheritdoc/>
    public Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct) => _sender.SignalAsync(signal, access, ct);

    /// <inheritdoc/>
    public Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct) => _proof.ProveAsync(access, ct);

    /// <inheritdoc/>
    public Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct) =>
        Task.FromResult<MediaOutcome>(new MediaOutcome.Gone("Reddit's messages carry no files."));

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<MessageTemplate>>> ListTemplatesAsync(ChannelAccess access, CancellationToken ct) =>
        Task.FromResult<Result<IReadOnlyList<MessageTemplate>>>(new List<MessageTemplate>());

    /// <inheritdoc/>
    public Task<Result<RenewedToken>> RenewAsync(ChannelAccess access, CancellationToken ct) => _tokens.RenewAsync(access, ct);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<byte[]>>> HistoryAsync(ChannelAccess access, DateTimeOffset since, CancellationToken ct) => _poll.HistoryAsync(access, since, ct);

    /// <inheritdoc/>
    public Task<PollOutcome> PollAsync(PollTurn turn, ChannelAccess access, CancellationToken ct) => _poll.PollAsync(turn, access, ct);
}

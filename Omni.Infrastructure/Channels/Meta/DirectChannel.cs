using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>What Messenger and Instagram do alike. The parts are told apart by what they do; this only names them.</summary>
internal abstract class DirectChannel(GraphClient graph, DirectPlatform platform) : IChannelAdapter, IContactProfiles, IChannelHistory
{
    private readonly DirectSender _sender = new(graph, platform);
    private readonly MetaFiles _files = new(graph, platform.Name);
    private readonly DirectProfiles _profiles = new(graph, platform);
    private readonly DirectHistory _history = new(graph, platform);

    /// <inheritdoc/>
    public ChannelKind Kind => platform.Kind;

    /// <inheritdoc/>
    public ChannelCapabilities Capabilities => platform.Capabilities;

    /// <inheritdoc/>
    public IReadOnlySet<string> KeptHeaders { get; } = new HashSet<string> { MetaSignature.Header, "content-type", "user-agent" };

    /// <inheritdoc/>
    public bool IsAuthentic(WebhookDelivery delivery, string secret) => MetaSignature.Verify(delivery, secret);

    /// <inheritdoc/>
    public string? AnswerChallenge(IReadOnlyDictionary<string, string> query, string verifyToken) => MetaChallenge.Answer(query, verifyToken);

    /// <inheritdoc/>
    public IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body) => DirectParser.Split(platform, body);

    /// <inheritdoc/>
    public IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice) => DirectParser.Parse(platform, slice);

    /// <inheritdoc/>
    public Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct) => _sender.SendAsync(message, access, ct);

    /// <inheritdoc/>
    public Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct) => _sender.SignalAsync(signal, access, ct);

    /// <inheritdoc/>
    public abstract Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct);

    /// <inheritdoc/>
    /// <remarks>Addresses are signed themselves, so no token goes along.</remarks>
    public Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct) => _files.OpenAsync(media.Url, null, media.Limit, access, ct);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<MessageTemplate>>> ListTemplatesAsync(ChannelAccess access, CancellationToken ct) =>
        Task.FromResult<Result<IReadOnlyList<MessageTemplate>>>(new List<MessageTemplate>());

    /// <inheritdoc/>
    public Task<Result<ContactProfile>> ProfileAsync(string contactId, ChannelAccess access, CancellationToken ct) => _profiles.ReadAsync(contactId, access, ct);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<byte[]>>> HistoryAsync(ChannelAccess access, DateTimeOffset since, CancellationToken ct) => _history.ReadAsync(access, since, ct);
}

using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>WhatsApp Cloud API. The parts are told apart by what they do; this only names them.</summary>
internal sealed class WhatsAppChannel(GraphClient graph) : IChannelAdapter
{
    private readonly WhatsAppSender _sender = new(graph);
    private readonly WhatsAppProof _proof = new(graph);
    private readonly WhatsAppDownloads _downloads = new(graph);
    private readonly WhatsAppTemplates _templates = new(graph);

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.WhatsApp;

    /// <inheritdoc/>
    public ChannelCapabilities Capabilities => WhatsAppCapabilities.Value;

    /// <inheritdoc/>
    public IReadOnlySet<string> KeptHeaders { get; } = new HashSet<string> { MetaSignature.Header, "content-type", "user-agent" };

    /// <inheritdoc/>
    public bool IsAuthentic(WebhookDelivery delivery, string secret) => MetaSignature.Verify(delivery, secret);

    /// <inheritdoc/>
    public string? AnswerChallenge(IReadOnlyDictionary<string, string> query, string verifyToken) => MetaChallenge.Answer(query, verifyToken);

    /// <inheritdoc/>
    public IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body) => WhatsAppSplitter.Split(body);

    /// <inheritdoc/>
    public IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice) => WhatsAppParser.Parse(slice);

    /// <inheritdoc/>
    public Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct) => _sender.SendAsync(message, access, ct);

    /// <inheritdoc/>
    public Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct) => _sender.SignalAsync(signal, access, ct);

    /// <inheritdoc/>
    public Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct) => _proof.ProveAsync(access, ct);

    /// <inheritdoc/>
    public Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct) => _downloads.DownloadAsync(media, access, ct);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<MessageTemplate>>> ListTemplatesAsync(ChannelAccess access, CancellationToken ct) => _templates.ListAsync(access, ct);
}

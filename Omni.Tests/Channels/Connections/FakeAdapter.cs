using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Tests.Channels.Connections;

/// <summary>A platform without a network: one token reads one account.</summary>
internal sealed class FakeAdapter : IChannelAdapter, IChannelAdapters
{
    /// <summary>What the platform says to a proof; by default the token "token-of-{account}…" reads the account.</summary>
    public Func<ChannelAccess, Result<ChannelProof>> Proof { get; set; } = access =>
        access.Credentials["accessToken"].StartsWith($"token-of-{access.AccountId}", StringComparison.Ordinal)
            ? new ChannelProof(access.AccountId, $"+{access.AccountId}", [access.Credentials["businessAccountId"]], null)
            : new Refusal.Invalid("accessToken", "The token cannot read this number.");

    public ChannelKind Kind => ChannelKind.WhatsApp;

    public ChannelCapabilities Capabilities { get; } = new() { MaxTextLength = 4096, SendsPerSecond = 80, SendBurst = 80 };

    public IReadOnlySet<string> KeptHeaders { get; } = new HashSet<string>();

    public IReadOnlyList<ChannelKind> Kinds => [ChannelKind.WhatsApp];

    public IChannelAdapter? Find(ChannelKind kind) => kind == ChannelKind.WhatsApp ? this : null;

    public bool IsAuthentic(WebhookDelivery delivery, string secret) => false;

    public string? AnswerChallenge(IReadOnlyDictionary<string, string> query, string verifyToken) => null;

    public IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body) => [];

    public IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice) => slice.Span[0] == (byte)'{'
        ? [new ParsedItem(new InboundEvent { Kind = InboundKind.Message, AccountId = "100", Type = "text", ExternalId = "wamid.1" }), new ParsedItem(null, "No sender.")]
        : throw new FormatException("The body is not JSON.");

    public Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct) => Task.FromResult(Proof(access));

    public Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<MessageTemplate>>> ListTemplatesAsync(ChannelAccess access, CancellationToken ct) =>
        Task.FromResult<Result<IReadOnlyList<MessageTemplate>>>(new MessageTemplate[] { new("1", "hello", "en", "utility", "approved", "Hello {{1}}", new JsonArray()) });
}

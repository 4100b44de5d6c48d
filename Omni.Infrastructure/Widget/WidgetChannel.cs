using Npgsql;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Media;

namespace Omni.Infrastructure.Widget;

/// <summary>The website chat as a platform: what is sent is there at once, as visitors' pages read it from the same database.</summary>
internal sealed class WidgetChannel(IBlobStore blobs, WidgetLetterBox letters) : IChannelAdapter
{
    private static readonly Refusal NoPlatform = new Refusal.Conflict("A website chat has no platform behind it.");

    /// <inheritdoc/>
    public ChannelKind Kind => ChannelKind.Widget;

    /// <inheritdoc/>
    public ChannelCapabilities Capabilities => WidgetCapabilities.Value;

    /// <inheritdoc/>
    public IReadOnlySet<string> KeptHeaders { get; } = new HashSet<string>();

    /// <inheritdoc/>
    public bool IsAuthentic(WebhookDelivery delivery, string secret) => false; // nobody posts webhooks for a website chat

    /// <inheritdoc/>
    public string? AnswerChallenge(IReadOnlyDictionary<string, string> query, string verifyToken) => null;

    /// <inheritdoc/>
    public IReadOnlyList<DeliverySlice> Split(ReadOnlyMemory<byte> body) => WidgetParser.Split(body);

    /// <inheritdoc/>
    public IReadOnlyList<ParsedItem> Parse(ReadOnlyMemory<byte> slice) => WidgetParser.Parse(slice);

    /// <inheritdoc/>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct)
    {
        try
        {
            await letters.NoteAsync(access.AccountId, message.Id, message.Recipients, ct);
        }
        catch (NpgsqlException)
        {
            return new SendOutcome.Retry(TimeSpan.Zero, "database", "The database could not be reached.");
        }

        return new SendOutcome.Accepted(message.Id.ToString());
    }

    /// <inheritdoc/>
    public Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct) => Task.FromResult<Result<Done>>(default(Done)); // pages hear the signs themselves

    /// <inheritdoc/>
    public Task<Result<ChannelProof>> ProveAsync(ChannelAccess access, CancellationToken ct) =>
        Task.FromResult<Result<ChannelProof>>(new ChannelProof(access.AccountId, "Website chat", [], null));

    /// <inheritdoc/>
    public async Task<MediaOutcome> DownloadAsync(MediaReference media, ChannelAccess access, CancellationToken ct) =>
        media.Id is { } key && await blobs.OpenAsync(key, ct) is { } content ? new MediaOutcome.Opened(content, null) : new MediaOutcome.Gone("The file is gone.");

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<MessageTemplate>>> ListTemplatesAsync(ChannelAccess access, CancellationToken ct) => Task.FromResult<Result<IReadOnlyList<MessageTemplate>>>(NoPlatform);
}

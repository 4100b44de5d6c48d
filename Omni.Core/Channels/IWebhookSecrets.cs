namespace Omni.Core.Channels;

/// <summary>What the webhook paths check a request with.</summary>
public interface IWebhookSecrets
{
    /// <summary>The secrets of a webhook path: the installation's app for <c>/webhooks/{kind}</c>, a channel's own for <c>/webhooks/{kind}/{channelId}</c>.</summary>
    /// <param name="kind">The platform in the path.</param>
    /// <param name="channelId">The channel in the path; null for the installation's.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Null when the path belongs to nobody: no such channel, it was disconnected, has no app secret of its own, or the installation has no app.</returns>
    ValueTask<WebhookSecrets?> FindAsync(ChannelKind kind, Guid? channelId, CancellationToken ct);
}

/// <summary>Secrets of one webhook path.</summary>
/// <param name="OrganizationId">The channel's organization; null for the installation's app.</param>
/// <param name="ChannelId">The channel; null for the installation's app.</param>
/// <param name="App">The app part of the routes that a delivery verified with these may use: empty for the installation's, otherwise the hash of the channel's own app secret.</param>
/// <param name="AppSecrets">Secrets that may have signed a delivery.</param>
/// <param name="VerifyTokens">Tokens that the platform may repeat when it checks the address.</param>
public sealed record WebhookSecrets(
    Guid? OrganizationId, Guid? ChannelId, string App, IReadOnlyList<string> AppSecrets, IReadOnlyList<string> VerifyTokens)
{
    /// <summary>True for a play channel's: they open that channel's own account and nothing else.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Names only, so that a log line cannot leak a secret.</summary>
    public override string ToString() => $"WebhookSecrets {{ ChannelId = {ChannelId} }}";
}

using Omni.Core.Channels;

namespace Omni.Web.Channels;

/// <summary>What the page of the webhook events shows.</summary>
/// <param name="Filter">Which events.</param>
/// <param name="Rows">The events so far, newest first.</param>
/// <param name="NextCursor">Where older ones begin; null at the end.</param>
/// <param name="Now">When they were read (UTC).</param>
public sealed record WebhooksContent(WebhookFilter Filter, IReadOnlyList<WebhookEvent> Rows, string? NextCursor, DateTimeOffset Now);

using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Web.Channels;

/// <summary>Channels and webhook events in the shapes of the public contract.</summary>
internal static class ChannelShapes
{
    internal static object Of(ConnectedChannel channel) => new
    {
        id = channel.Id,
        kind = Names.Of(channel.Kind),
        name = channel.Name,
        displayName = channel.DisplayName,
        status = Names.Of(channel.Status),
        reason = channel.Reason,
        externalAccountId = channel.ExternalAccountId,
        siteKey = channel.Kind == ChannelKind.Widget ? channel.ExternalAccountId : null,
        sandbox = channel.Sandbox,
        settings = channel.Settings,
        credentials = channel.Credentials,
        webhook = channel.Webhook is { } webhook ? new { url = webhook.Url, verifyToken = webhook.VerifyToken } : null,
        health = Of(channel.Health),
        createdAt = channel.CreatedAt,
    };

    internal static object Of(ChannelHealth health) => new
    {
        status = Names.Of(health.Status),
        lastInboundAt = health.LastInboundAt,
        lastOutboundAt = health.LastOutboundAt,
        tokenExpiresAt = health.TokenExpiresAt,
        queued = health.Figures.Queued,
        failed = health.Figures.Failed,
        inboundWaiting = health.Figures.InboundWaiting,
        inboundFailed = health.Figures.InboundFailed,
        openConversations = health.Figures.OpenConversations,
        reason = health.Reason,
        activity = health.Activity.Days.Select(d => new { day = d.Day, received = d.Received }),
        silence = health.Activity.Silence is { } silence ? new { since = silence.Since, usual = silence.Usual } : null,
    };

    internal static object Of(ChannelTest test) => new
    {
        ok = test.Ok,
        summary = test.Summary,
        checks = test.Checks.Select(c => new { name = c.Name, state = Names.Of(c.State), message = c.Words, advice = c.Advice }),
    };

    internal static object Of(MessageTemplate template) => new
    {
        id = template.Id,
        name = template.Name,
        language = template.Language,
        category = template.Category,
        status = template.Status,
        body = template.Body,
        components = template.Components,
    };

    internal static object Of(WebhookEvent slice) => new
    {
        id = slice.Id.ToString(),
        deliveryId = slice.DeliveryId,
        kind = Names.Of(slice.Kind),
        channelId = slice.ChannelId,
        accountId = slice.AccountId,
        status = Names.Of(slice.State),
        attempts = slice.Attempts,
        error = slice.Error,
        nextAt = slice.NextAt,
        receivedAt = slice.ReceivedAt,
        processedAt = slice.ProcessedAt,
    };

    internal static object Of(WebhookReplay replay) => new
    {
        id = replay.Id,
        total = replay.Total,
        waiting = replay.Waiting,
        applied = replay.Applied,
        failing = replay.Failing,
        quarantined = replay.Quarantined,
    };

    internal static object Of(WebhookDetail detail)
    {
        var shape = (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(Of(detail.Event))!;
        shape["body"] = detail.Body;
        shape["bodyTruncated"] = detail.Truncated;
        shape["problem"] = detail.Problem;
        shape["headers"] = new JsonObject(detail.Headers.Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key, h.Value)));
        shape["items"] = new JsonArray([.. detail.Items.Select(i => (JsonNode)new JsonObject
        {
            ["kind"] = i.Kind is { } kind ? Names.Of(kind) : null,
            ["type"] = i.Type,
            ["externalId"] = i.ExternalId,
            ["at"] = i.At,
            ["problem"] = i.Problem,
            ["left"] = i.Left,
        })]);
        return shape;
    }
}

using Microsoft.AspNetCore.Mvc;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Web.Shared.Api;

namespace Omni.Web.Channels;

/// <summary>What platforms delivered, to look at and to apply again.</summary>
[Route("api/v1/webhook-events")]
public sealed class WebhookEventsController(WebhookLogService log) : OmniController
{
    private const string Read = "operations:read";
    private const string Write = "operations:write";

    /// <summary>Deliveries, newest first.</summary>
    [HttpGet]
    public Task<IActionResult> List(string? status, Guid? channel, string? cursor, int? limit, CancellationToken ct) => RunAsync<Page<WebhookEvent>>(
        async actor => Filter(status, channel).Succeeded(out var filter, out var refusal) ? await log.ListAsync(actor, filter, cursor, limit, ct) : refusal,
        page => page.Rows.Select(ChannelShapes.Of), scope: Read);

    /// <summary>One delivery with its body.</summary>
    [HttpGet("{id:long}")]
    public Task<IActionResult> Get(long id, CancellationToken ct) => RunAsync(actor => log.GetAsync(actor, id, ct), ChannelShapes.Of, scope: Read);

    /// <summary>Applies one delivery again.</summary>
    [HttpPost("{id:long}/replay")]
    public Task<IActionResult> Replay(long id, CancellationToken ct) => RunAsync(actor => log.ReplayAsync(actor, id, ct), replay => new { replayed = replay.Total, id = replay.Id }, StatusCodes.Status202Accepted, Write);

    /// <summary>Applies all deliveries of a filter again.</summary>
    [HttpPost("replay")]
    public Task<IActionResult> ReplayAll(ReplayWebhooks body, CancellationToken ct) => RunAsync<WebhookReplay>(
        async actor => Filter(body.Filter?.Status, body.Filter?.Channel).Succeeded(out var filter, out var refusal) ? await log.ReplayAllAsync(actor, filter, ct) : refusal,
        replay => new { replayed = replay.Total, id = replay.Id }, StatusCodes.Status202Accepted, Write);

    /// <summary>How far such a replay is.</summary>
    [HttpGet("replays/{id:guid}")]
    public Task<IActionResult> Progress(Guid id, CancellationToken ct) => RunAsync(actor => log.ProgressAsync(actor, id, ct), ChannelShapes.Of, scope: Read);

    private static Result<WebhookFilter> Filter(string? status, Guid? channel)
    {
        if (string.IsNullOrEmpty(status))
        {
            return new WebhookFilter(null, channel);
        }

        return Names.TryParse<InboundState>(status, out var state)
            ? new WebhookFilter(state, channel)
            : new Refusal.Invalid("status", "One of pending, processed, failed, quarantined, unrouted.");
    }
}

/// <summary>Body of <c>POST /webhook-events/replay</c>.</summary>
/// <param name="Filter">Which ones.</param>
public sealed record ReplayWebhooks(ReplayFilter? Filter);

/// <summary>Which deliveries to apply again.</summary>
/// <param name="Status">failed, quarantined, processed or unrouted.</param>
/// <param name="Channel">Only of this channel.</param>
public sealed record ReplayFilter(string? Status, Guid? Channel);

using System.Buffers;
using System.Net.Mime;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Web.Shared.Api;

namespace Omni.Web.Channels;

/// <summary>Where platforms post what happened. Comes before sign-in and limits: a platform that is answered 429 for an hour unsubscribes us.</summary>
[ApiController, Route("webhooks"), AllowAnonymous, DisableRateLimiting, ApiExplorerSettings(IgnoreApi = true)]
public sealed class WebhookController(WebhookIntake intake, OmniMetrics metrics) : ControllerBase
{
    /// <summary>Largest delivery in bytes.</summary>
    public const int MaxBytes = 5 << 20;

    /// <summary>The platform checks that the address is ours.</summary>
    [HttpGet("{kind}"), HttpGet("{kind}/{channelId:guid}")]
    public async Task<IActionResult> Verify(string kind, Guid? channelId, CancellationToken ct)
    {
        if (!Names.TryParse<ChannelKind>(kind, out var platform))
        {
            return NotFound();
        }

        var query = Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        return await intake.ChallengeAsync(platform, channelId, query, ct) is { } answer
            ? Content(answer, MediaTypeNames.Text.Plain)
            : StatusCode(StatusCodes.Status403Forbidden);
    }

    /// <summary>Stores the delivery and answers at once; the work happens later, from the stored row.</summary>
    [HttpPost("{kind}"), HttpPost("{kind}/{channelId:guid}"), DisableRequestSizeLimit]
    public async Task<IActionResult> Receive(string kind, Guid? channelId, CancellationToken ct)
    {
        if (!Names.TryParse<ChannelKind>(kind, out var platform))
        {
            return NotFound();
        }

        var body = Request.ContentLength is > MaxBytes ? null : await ReadAsync(ct);
        if (body is null)
        {
            metrics.WebhookAnswered(platform, "tooLarge");
            return StatusCode(StatusCodes.Status413PayloadTooLarge);
        }

        // A header that comes twice is joined with a comma and no signature has one: it fails the check.
        var headers = Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
        var result = await intake.AcceptAsync(platform, channelId, new WebhookDelivery(body, headers), ct);
        if (result.Succeeded(out var accepted, out var refusal))
        {
            if (!accepted.IsSandbox)
            {
                metrics.WebhookAnswered(platform, "accepted");
            }

            return Ok();
        }

        metrics.WebhookAnswered(platform, refusal is Refusal.Unavailable ? "unavailable" : "refused");
        return Problems.From(HttpContext, refusal);
    }

    /// <summary>The raw bytes, or null when there are more than <see cref="MaxBytes"/>.</summary>
    private async Task<byte[]?> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            var read = await Request.BodyReader.ReadAsync(ct);
            if (read.Buffer.Length > MaxBytes)
            {
                Request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                Request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Operations;
using Omni.Web.Shared.Api;

namespace Omni.Web.Events;

/// <summary>The live stream of what happens.</summary>
[Route("api/v1/events"), Tags("events")]
public sealed class EventsController(
    IInboxReader reader, IEventFeed feed, IEventBus bus, SessionRegistry sessions, OmniMetrics metrics, IHostApplicationLifetime host, TimeProvider clock) : OmniController
{
    /// <summary>Streams events (text/event-stream): <c>ready</c> at once, then events whose id is a cursor, <c>reset</c> when events were missed and everything must be read again.</summary>
    /// <param name="subjects">organization (default), conversation:{id} and user:me, with commas.</param>
    /// <param name="lastEventId">The last id received; the header Last-Event-ID says the same and wins.</param>
    /// <param name="ct">Ends the stream.</param>
    [HttpGet]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "text/event-stream")]
    public async Task<IActionResult> Stream(string? subjects, string? lastEventId, CancellationToken ct)
    {
        var places = HttpContext.RequestServices.GetRequiredService<StreamPlaces>();
        (Actor Actor, StreamSubjects Subjects)? open = null;
        var answer = await RunAsync(
            async actor =>
            {
                if (!(await StreamSubjects.ReadAsync(actor, subjects, reader, ct)).Succeeded(out var checkedSubjects, out var refusal))
                {
                    return refusal;
                }

                if (!places.TryEnter(actor.SessionId))
                {
                    return new Refusal.TooMany(TimeSpan.FromSeconds(30)) { Code = ErrorCode.TooManyRequests };
                }

                open = (actor, checkedSubjects);
                return (Result<Done>)default(Done);
            },
            scope: "events:read");
        if (open is not { } stream)
        {
            return answer;
        }

        using var watch = sessions.Watch(stream.Actor);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, watch.Ended, host.ApplicationStopping);
        metrics.EventStreams(1);
        try
        {
            await SendAsync(stream.Actor, stream.Subjects, lastEventId, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return new EmptyResult(); // the reader went, the session ended, or the program stops: the reader comes back with its cursor
        }
        finally
        {
            metrics.EventStreams(-1);
            places.Leave(stream.Actor.SessionId);
        }

        return new EmptyResult();
    }

    private async Task SendAsync(Actor actor, StreamSubjects subjects, string? lastEventId, CancellationToken ct)
    {
        string? header = Request.Headers["Last-Event-ID"];
        var from = string.IsNullOrEmpty(header) ? lastEventId : header;
        HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Response.ContentType = "text/event-stream; charset=utf-8";
        Response.Headers.CacheControl = "no-store, no-transform";
        Response.Headers["X-Accel-Buffering"] = "no";
        using var stream = new EventStream(Response, feed, bus, clock);
        await stream.RunAsync(actor, subjects, string.IsNullOrEmpty(from) ? null : from, ct);
    }
}

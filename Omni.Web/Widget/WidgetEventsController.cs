using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Core.Widget;
using Omni.Web.Events;
using Omni.Web.Shared.Api;

namespace Omni.Web.Widget;

/// <summary>What happens in the visitor's talk, as it happens.</summary>
[Route("widget/{siteKey}/events")]
public sealed class WidgetEventsController(
    WidgetVisitors visitors, WidgetHub hub, IWidgetReader reader, WidgetFiles files, WidgetReceipts receipts, OmniMetrics metrics, IHostApplicationLifetime host, TimeProvider clock)
    : WidgetCaller(visitors)
{
    private readonly WidgetVisitors _visitors = visitors;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(25);

    /// <summary>Streams events (text/event-stream): <c>ready</c> at once, then message, update, typing, read, team and reset. With <c>poll=1</c> waits at most 25 seconds for the next ones and answers them as JSON.</summary>
    /// <param name="after">The last id received; the header Last-Event-ID says the same and wins.</param>
    /// <param name="poll">1 for one answer instead of a stream.</param>
    /// <param name="ct">Ends the stream.</param>
    [HttpGet]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "text/event-stream")]
    public async Task<IActionResult> Stream(string? after, int poll, CancellationToken ct)
    {
        if (!(await VisitorAsync(ct)).Succeeded(out var visitor, out var refusal) || !(await Limits.SignAsync(visitor)).Succeeded(out _, out refusal))
        {
            return Problems.From(HttpContext, refusal);
        }

        var places = HttpContext.RequestServices.GetRequiredService<StreamPlaces>();
        if (!places.TryEnter(visitor.Id))
        {
            return Problems.From(HttpContext, new Refusal.TooMany(TimeSpan.FromSeconds(30)) { Code = ErrorCode.TooManyRequests });
        }

        var header = Request.Headers["Last-Event-ID"].ToString();
        var from = header.Length > 0 ? header : after;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, host.ApplicationStopping);
        using var listener = hub.Join(Site, visitor);
        var feed = new WidgetFeed(Site, visitor, reader, files, receipts, clock);
        metrics.EventStreams(1);
        try
        {
            await _visitors.ComeAsync(visitor, ended.Token);
            return poll == 1 ? await PollAsync(feed, listener, from, ended.Token) : await SendAsync(feed, listener, from, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return new EmptyResult(); // the page went, or the program stops: it comes back with its cursor
        }
        finally
        {
            metrics.EventStreams(-1);
            places.Leave(visitor.Id);
        }
    }

    private async Task<IActionResult> SendAsync(WidgetFeed feed, WidgetListener listener, string? from, CancellationToken ct)
    {
        HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Response.ContentType = "text/event-stream; charset=utf-8";
        Response.Headers.CacheControl = "no-store, no-transform";
        Response.Headers["X-Accel-Buffering"] = "no";
        foreach (var line in await feed.StartAsync(from, ct))
        {
            await WriteAsync(feed, line, ct);
        }

        await Response.Body.FlushAsync(ct);
        while (!listener.IsOver)
        {
            var any = await listener.WaitAsync(Heartbeat, ct);
            while (listener.TryTake(out var signal))
            {
                if (feed.Of(signal) is { } line)
                {
                    await WriteAsync(feed, line, ct);
                }
            }

            if (!any)
            {
                await Response.Body.WriteAsync(Encoding.UTF8.GetBytes($": still here\nid: {feed.Cursor}\n\n"), ct);
            }

            await Response.Body.FlushAsync(ct);
        }

        return new EmptyResult();
    }

    private async Task<IActionResult> PollAsync(WidgetFeed feed, WidgetListener listener, string? from, CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        var lines = await feed.StartAsync(from, ct);
        if (!string.IsNullOrEmpty(from))
        {
            lines.RemoveAt(0); // a page that goes on knows how things stand
        }

        if (lines.Count == 0)
        {
            await listener.WaitAsync(LongestPoll, ct);
        }

        while (listener.TryTake(out var signal))
        {
            if (feed.Of(signal) is { } line)
            {
                lines.Add(line);
            }
        }

        HttpContext.Response.OnCompleted(() =>
        {
            lines.ForEach(feed.Got);
            return Task.CompletedTask;
        });
        return Answer<object>(new { cursor = feed.Cursor, events = lines.Select(l => new { name = l.Name, data = JsonNode.Parse(l.Data) }) });
    }

    private async Task WriteAsync(WidgetFeed feed, WidgetLine line, CancellationToken ct)
    {
        await Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {line.Name}\nid: {feed.Cursor}\ndata: {line.Data}\n\n"), ct);
        feed.Got(line);
    }
}

using System.Buffers;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Web.Shared.Api;

namespace Omni.Web.Channels;

/// <summary>
/// Where platforms post what happened: <c>/webhooks/{kind}</c> and <c>/webhooks/{kind}/{channelId}</c>. Answers before everything that is
/// meant for people (pages' headers, sign-in, limits): a platform that is answered 429 for an hour unsubscribes us, and none of it
/// is worth its time for thousands of deliveries a second.
/// </summary>
internal sealed class WebhookEntrance(RequestDelegate next, WebhookIntake intake, OmniMetrics metrics)
{
    /// <summary>Largest delivery in bytes.</summary>
    internal const int MaxBytes = 5 << 20;

    private static readonly PathString Root = "/webhooks";

    /// <summary>Answers the request when it is for a platform.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Request.Path.StartsWithSegments(Root, out var rest) ? AnswerAsync(http, rest) : next(http);
    }

    private Task AnswerAsync(HttpContext http, PathString rest)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!TryRead(rest, out var kind, out var channelId))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (HttpMethods.IsPost(http.Request.Method))
        {
            return ReceiveAsync(http, kind, channelId);
        }

        if (HttpMethods.IsGet(http.Request.Method))
        {
            return VerifyAsync(http, kind, channelId);
        }

        http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        http.Response.Headers.Allow = "GET, POST";
        return Task.CompletedTask;
    }

    /// <summary>The platform checks that the address is ours.</summary>
    private async Task VerifyAsync(HttpContext http, ChannelKind kind, Guid? channelId)
    {
        var query = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        if (await intake.ChallengeAsync(kind, channelId, query, http.RequestAborted) is { } answer)
        {
            http.Response.ContentType = MediaTypeNames.Text.Plain;
            await http.Response.WriteAsync(answer, http.RequestAborted);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    /// <summary>Stores the delivery and answers at once; the work happens later, from the stored row.</summary>
    private async Task ReceiveAsync(HttpContext http, ChannelKind kind, Guid? channelId)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null; // counted here, so that the answer is the documented one
        }

        if (await ReadAsync(http.Request, http.RequestAborted) is not { } body)
        {
            metrics.WebhookAnswered(kind, "tooLarge");
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var result = await intake.AcceptAsync(kind, channelId, new WebhookDelivery(body, new SentHeaders(http.Request.Headers)), http.RequestAborted);
        if (result.Succeeded(out var accepted, out var refusal))
        {
            if (!accepted.IsSandbox)
            {
                metrics.WebhookAnswered(kind, "accepted");
            }

            http.Response.ContentLength = 0;
            return;
        }

        metrics.WebhookAnswered(kind, refusal is Refusal.Unavailable ? "unavailable" : "refused");
        await Problems.WriteAsync(http, refusal);
    }

    private static bool TryRead(PathString rest, out ChannelKind kind, out Guid? channelId)
    {
        var path = rest.HasValue ? rest.Value.AsSpan(1).TrimEnd('/') : [];
        var slash = path.IndexOf('/');
        channelId = null;
        if (!Names.TryParse((slash < 0 ? path : path[..slash]).ToString(), out kind))
        {
            return false;
        }

        if (slash >= 0)
        {
            if (!Guid.TryParse(path[(slash + 1)..], out var id))
            {
                return false;
            }

            channelId = id;
        }

        return true;
    }

    /// <summary>The raw bytes, or null when there are more than <see cref="MaxBytes"/>.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength is > MaxBytes)
        {
            return null;
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(ct);
            if (read.Buffer.Length > MaxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}

using System.Data.Common;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Omni.Core.Common;

namespace Omni.Web.Shared.Api;

/// <summary>Sees to it that every failure under <c>/api</c> and <c>/media</c> is a problem in the envelope: what MVC leaves empty, what routing refuses, and what throws.</summary>
internal sealed partial class ApiErrors(RequestDelegate next, ILogger<ApiErrors> log)
{
    /// <summary>How long a caller is asked to wait while the database is away, in seconds.</summary>
    private static readonly TimeSpan DatabaseWait = TimeSpan.FromSeconds(5);

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // nobody waits for an answer
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, failure);
            return;
        }

        if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0, ContentType: null })
        {
            await WriteAsync(http, http.Response.StatusCode, Words(http.Response.StatusCode));
        }
    }

    private async Task AnswerAsync(HttpContext http, Exception failure)
    {
        http.Response.Clear();
        switch (failure)
        {
            case BadHttpRequestException bad:
                await WriteAsync(http, bad.StatusCode, Words(bad.StatusCode));
                break;
            case var _ when IsDatabaseAway(failure):
                LogDatabaseAway(failure.GetType().Name, failure);
                http.Response.Headers.RetryAfter = $"{DatabaseWait.TotalSeconds:0}";
                await WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "The database cannot be reached. Try again in a moment.");
                break;
            default:
                var body = Problems.Body(http, StatusCodes.Status500InternalServerError, "Something went wrong. The administrator finds the reason in the log under the traceId.");
                LogFailed(http.Request.Method, http.GetEndpoint()?.DisplayName ?? "no endpoint", (string)body.Extensions["traceId"]!, failure);
                await WriteAsync(http, body);
                break;
        }
    }

    internal static Task WriteAsync(HttpContext http, int status, string message, ErrorCode? code = null) => WriteAsync(http, Problems.Body(http, status, message, code));

    private static Task WriteAsync(HttpContext http, ProblemDetails body)
    {
        http.Response.StatusCode = body.Status!.Value;
        return http.Response.WriteAsJsonAsync(body, OmniJson.Options, MediaTypeNames.Application.ProblemJson, http.RequestAborted);
    }

    /// <summary>Connection refused or lost, server starting or stopping, no connection free: not the caller's fault, and passing.</summary>
    internal static bool IsDatabaseAway(Exception? failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { SqlState: null, IsTransient: true } or DbException { SqlState: ['5', '7', 'P', ..] or ['0', '8', ..] or ['5', '3', ..] })
            {
                return true;
            }
        }

        return false;
    }

    private static string Words(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "Sign in first.",
        StatusCodes.Status403Forbidden => "Your role does not allow this.",
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take this method.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large.",
        StatusCodes.Status415UnsupportedMediaType => "The body's media type is not one that this address takes.",
        _ => ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase + "." : "The request failed.",
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed, trace {TraceId}")]
    private partial void LogFailed(string method, string endpoint, string traceId, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The database cannot be reached: {Kind}")]
    private partial void LogDatabaseAway(string kind, Exception failure);
}

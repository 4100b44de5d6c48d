using System.Diagnostics;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Omni.Core.Common;

namespace Omni.Web.Shared.Api;

/// <summary>Failures as RFC 9457 problem details with the product's envelope around them.</summary>
internal static class Problems
{
    /// <summary>The HTTP status that a refusal is answered with.</summary>
    internal static int StatusOf(Refusal refusal) => refusal switch
    {
        Refusal.Invalid => StatusCodes.Status400BadRequest,
        Refusal.NotFound => StatusCodes.Status404NotFound,
        Refusal.Forbidden => StatusCodes.Status403Forbidden,
        Refusal.Unauthenticated => StatusCodes.Status401Unauthorized,
        Refusal.Conflict => StatusCodes.Status409Conflict,
        Refusal.TooLarge => StatusCodes.Status413PayloadTooLarge,
        Refusal.WrongType => StatusCodes.Status415UnsupportedMediaType,
        Refusal.TooMany => StatusCodes.Status429TooManyRequests,
        Refusal.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new UnreachableException(refusal.GetType().Name),
    };

    /// <summary>The answer for a refusal, with <c>Retry-After</c> where waiting helps.</summary>
    internal static ObjectResult From(HttpContext http, Refusal refusal)
    {
        var after = refusal switch
        {
            Refusal.TooMany many => many.After,
            Refusal.Unavailable away => away.After,
            _ => (TimeSpan?)null,
        };
        if (after is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
        }

        var details = Body(http, StatusOf(refusal), refusal.Message, refusal.Code, refusal.Details);
        var field = refusal switch
        {
            Refusal.Invalid invalid => invalid.Field,
            Refusal.WrongType wrong => wrong.Field,
            Refusal.TooLarge large => large.Field,
            _ => null,
        };
        if (field is not null)
        {
            details.Extensions["errors"] = new Dictionary<string, string[]> { [field] = [refusal.Message] };
        }

        return new ObjectResult(details) { StatusCode = details.Status, ContentTypes = { MediaTypeNames.Application.ProblemJson } };
    }

    /// <summary>Writes the answer for a refusal outside of a controller.</summary>
    internal static Task WriteAsync(HttpContext http, Refusal refusal)
    {
        var answer = From(http, refusal);
        http.Response.StatusCode = answer.StatusCode!.Value;
        return http.Response.WriteAsJsonAsync(answer.Value, answer.Value!.GetType(), options: null, MediaTypeNames.Application.ProblemJson, http.RequestAborted);
    }

    /// <summary>The body of any failure.</summary>
    internal static ProblemDetails Body(HttpContext http, int status, string message, ErrorCode? code = null, object? more = null)
    {
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        var details = new ProblemDetails
        {
            Type = code is { } own ? $"urn:omni:error:{(int)own}" : "about:blank",
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = message,
        };
        details.Extensions["traceId"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        details.Extensions["success"] = false;
        details.Extensions["error"] = new
        {
            code = code is { } number ? (int)number : status,
            name = code is { } named ? ErrorCodes.Name(named) : ReasonPhrases.GetReasonPhrase(status).ToUpperInvariant().Replace(' ', '_'),
            message,
            details = more,
        };
        details.Extensions["timestamp"] = clock.GetUtcNow();
        return details;
    }
}

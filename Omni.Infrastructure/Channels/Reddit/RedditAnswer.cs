using System.Net;
using System.Text.Json;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>What came back from one call.</summary>
internal abstract record RedditAnswer
{
    /// <summary>An HTTP answer.</summary>
    /// <param name="Status">Its status.</param>
    /// <param name="Body">Its JSON; undefined when it holds none.</param>
    public sealed record Answered(HttpStatusCode Status, JsonElement Body) : RedditAnswer
    {
        /// <summary>The wait it asks for, never negative; null when it asks for none.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>True when the token lacks a scope for the call; only a header says so.</summary>
        public bool LacksScope { get; init; }

        /// <summary>The first of the errors in the body; null when there is none.</summary>
        public RedditError? Error { get; init; }

        /// <summary>True for 2xx without an error in the body.</summary>
        public bool Ok => (int)Status is >= 200 and <= 299 && Error is null;
    }

    /// <summary>The request surely never reached Reddit.</summary>
    /// <param name="Reason">Plain words.</param>
    public sealed record NotSent(string Reason) : RedditAnswer;

    /// <summary>The installation's budget of calls is used up; nothing was asked.</summary>
    /// <param name="After">How long to wait.</param>
    public sealed record NoBudget(TimeSpan After) : RedditAnswer;

    /// <summary>The request, or a part of it, left; what became of it is not known.</summary>
    /// <param name="Reason">Plain words.</param>
    public sealed record Lost(string Reason) : RedditAnswer;
}

/// <summary>An error in one of Reddit's three forms: <c>json.errors</c> with status 200, <c>reason</c> with 400, and a bare number.</summary>
/// <param name="Code">Its name, as <c>RATELIMIT</c>.</param>
/// <param name="Message">Reddit's words; null when it gives none.</param>
/// <param name="Field">The input it is about; null when none.</param>
internal sealed record RedditError(string Code, string? Message, string? Field)
{
    /// <summary>The first error of a body; null when there is none.</summary>
    public static RedditError? Of(JsonElement body)
    {
        foreach (var error in body.Member("json"u8).Member("errors"u8).Each())
        {
            var parts = error.Each().Select(p => p.Text()).ToList();
            return new RedditError(parts.ElementAtOrDefault(0) is { Length: > 0 } code ? code : "none", parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
        }

        return body.Text("reason"u8) is { } reason
            ? new RedditError(reason, body.Text("explanation"u8), body.Member("fields"u8).Each().Select(f => f.Text()).FirstOrDefault())
            : body.Text("error"u8) is { } status ? new RedditError(status, body.Text("message"u8), null) : null;
    }
}

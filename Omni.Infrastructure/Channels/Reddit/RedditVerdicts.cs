using System.Globalization;
using System.Net;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>What answers mean (docs/architecture.md has the table).</summary>
internal static class RedditVerdicts
{
    private const int LongestQuote = 300;

    /// <summary>The outcome of handing over a message.</summary>
    /// <param name="answer">The answer.</param>
    public static SendOutcome OfSend(RedditAnswer answer) => answer switch
    {
        RedditAnswer.NotSent not => new SendOutcome.Retry(TimeSpan.Zero, "network", not.Reason),
        RedditAnswer.NoBudget empty => new SendOutcome.Retry(empty.After, "budget", "The calls that Reddit grants this installation are used up for a moment."),
        RedditAnswer.Lost lost => new SendOutcome.Unknown(lost.Reason),
        RedditAnswer.Answered { Ok: true } ok => Named(ok),
        RedditAnswer.Answered failed => OfFailure(failed),
        _ => throw new InvalidOperationException($"Unhandled {answer.GetType().Name}."),
    };

    /// <summary>The outcome of a call that can be repeated without harm, such as a look.</summary>
    /// <returns>Null when it succeeded.</returns>
    public static SendOutcome? OfRepeatable(RedditAnswer answer) => answer switch
    {
        RedditAnswer.Answered { Ok: true } => null,
        RedditAnswer.Lost lost => new SendOutcome.Retry(TimeSpan.Zero, "network", lost.Reason),
        _ => OfSend(answer) is var outcome && outcome is SendOutcome.Unknown unknown ? new SendOutcome.Retry(TimeSpan.Zero, "network", unknown.Reason) : outcome,
    };

    /// <summary>The same as a refusal of a service; null when it succeeded.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="field">The input that is wrong when the token does not count.</param>
    public static Refusal? Refuse(RedditAnswer answer, string field) => OfRepeatable(answer) switch
    {
        null => null,
        SendOutcome.Retry retry => new Refusal.Unavailable(retry.Message, retry.After > TimeSpan.Zero ? retry.After : TimeSpan.FromSeconds(30)),
        SendOutcome.Reauthorize token => new Refusal.Invalid(field, token.Message),
        SendOutcome.Rejected rejected => new Refusal.Conflict(rejected.Error.Message),
        var other => throw new InvalidOperationException($"Unhandled {other.GetType().Name}."),
    };

    // Answers to private messages name nobody, or everybody alike by zzz…; comments are named.
    private static SendOutcome Named(RedditAnswer.Answered ok)
    {
        if (ok.Body.Member("json"u8).Member("errors"u8).ValueKind != System.Text.Json.JsonValueKind.Array)
        {
            return new SendOutcome.Unknown("Reddit answered, but not to this message.");
        }

        var data = ok.Body.Member("json"u8).Member("data"u8);
        var name = data.Member("things"u8).Each().FirstOrDefault().Member("data"u8).Id("name"u8) ?? data.Id("name"u8);
        return new SendOutcome.Accepted(RedditThing.IsPlaceholder(name) ? null : name);
    }

    private static SendOutcome OfFailure(RedditAnswer.Answered failed)
    {
        if (failed.LacksScope)
        {
            return new SendOutcome.Reauthorize("insufficient_scope", "The consent lacks a permission. Connect the channel again and allow everything that is asked for.");
        }

        if (failed.Error is { } error && RedditErrors.Find(error.Code) is { } known && (int)failed.Status < 500)
        {
            var words = error.Message is { Length: > 0 } said ? $"{known.Words} Reddit says: {PlatformJson.Short(said, LongestQuote)}" : known.Words;
            return known.Reaction switch
            {
                SendReaction.Retry => new SendOutcome.Retry(RedditErrors.Wait(error.Message), error.Code, words),
                SendReaction.Reauthorize => new SendOutcome.Reauthorize(error.Code, known.Words),
                _ => new SendOutcome.Rejected(new PlatformError(error.Code, words, known.Reaction)),
            };
        }

        var status = ((int)failed.Status).ToString(CultureInfo.InvariantCulture);
        return failed.Status switch
        {
            HttpStatusCode.TooManyRequests => new SendOutcome.Retry(failed.RetryAfter ?? TimeSpan.Zero, status, "Reddit asks this installation to call more slowly."),
            HttpStatusCode.Unauthorized => new SendOutcome.Reauthorize(status, "Reddit no longer accepts the account's token. Connect the channel again."),
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => new SendOutcome.Unknown($"Reddit answered {status}."),
            HttpStatusCode.Forbidden => Rejected(status, failed, "Reddit does not let this account write there.", SendReaction.GiveUpContact),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => Rejected(status, failed, "Reddit no longer has what this is about.", SendReaction.GiveUpContent),
            HttpStatusCode.UnavailableForLegalReasons => Rejected(status, failed, "Reddit may not carry this for legal reasons.", SendReaction.GiveUpContent),
            _ => Rejected(failed.Error?.Code ?? status, failed, "Reddit refused the message.", SendReaction.GiveUpContent),
        };
    }

    private static SendOutcome.Rejected Rejected(string code, RedditAnswer.Answered failed, string words, SendReaction reaction) =>
        new(new PlatformError(code, failed.Error?.Message is { Length: > 0 } said ? $"{words} Reddit says: {PlatformJson.Short(said, LongestQuote)}" : words, reaction));
}

using System.Globalization;
using System.Net;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>What answers of the Graph API mean for a message (docs/architecture.md has the table). Each platform brings its documented errors.</summary>
/// <param name="platform">The platform's name, for words.</param>
/// <param name="find">What follows from a documented error, and what a person should read; null for one that is not documented.</param>
internal sealed class GraphVerdicts(string platform, Func<int, int?, (SendReaction Reaction, string Words)?> find)
{
    private const int LongestQuote = 300;

    /// <summary>One message to one person goes through about every six seconds; bursts are borrowed from later.</summary>
    private static readonly TimeSpan PairInterval = TimeSpan.FromSeconds(6);

    /// <summary>The outcome of handing over a message.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="id">The message's id in the body of a good answer; null when it has none.</param>
    public SendOutcome OfSend(GraphAnswer answer, Func<GraphAnswer.Answered, string?> id) => answer switch
    {
        GraphAnswer.NotSent not => new SendOutcome.Retry(TimeSpan.Zero, "network", not.Reason),
        GraphAnswer.Lost lost => new SendOutcome.Unknown(lost.Reason),
        GraphAnswer.Answered { Ok: true } ok => id(ok) is { } named
            ? new SendOutcome.Accepted(named)
            : new SendOutcome.Unknown($"{platform} answered, but not with the id of a message."),
        GraphAnswer.Answered failed => OfFailure(failed),
        _ => throw new InvalidOperationException($"Unhandled {answer.GetType().Name}."),
    };

    /// <summary>The outcome of a step that can be repeated without harm, such as an upload: what is unclear is tried again.</summary>
    /// <returns>Null when the step succeeded.</returns>
    public SendOutcome? OfRepeatable(GraphAnswer answer) => answer switch
    {
        GraphAnswer.Answered { Ok: true } => null,
        GraphAnswer.Lost lost => new SendOutcome.Retry(TimeSpan.Zero, "network", lost.Reason),
        _ => OfSend(answer, _ => null) is var outcome && outcome is SendOutcome.Unknown unknown ? new SendOutcome.Retry(TimeSpan.Zero, "network", unknown.Reason) : outcome,
    };

    /// <summary>Our words and what to do for a code, with the platform's own words after them.</summary>
    public PlatformError Describe(int? code, int? subcode, string? quote)
    {
        var said = quote is null ? "" : $"{platform} says: {PlatformJson.Short(quote, LongestQuote)}";
        return code is { } number && find(number, subcode) is { } known
            ? new PlatformError(Name(code), said.Length == 0 ? known.Words : $"{known.Words} {said}", known.Reaction)
            : new PlatformError(Name(code), said.Length == 0 ? $"{platform} refused the message with code {Name(code)}." : said, SendReaction.GiveUpContent);
    }

    private static string Name(int? code) => code?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private SendOutcome OfFailure(GraphAnswer.Answered failed)
    {
        var after = failed.RetryAfter ?? TimeSpan.Zero;
        var error = failed.Error is { } e ? Describe(e.Code, e.Subcode, e.Message) : null;
        if (failed.Error is { Code: { } code } told && find(code, told.Subcode) is not null)
        {
            return error!.Reaction switch
            {
                SendReaction.Retry => new SendOutcome.Retry(after, error.Code, error.Message),
                SendReaction.SlowDown => new SendOutcome.Retry(after > TimeSpan.Zero ? after : PairInterval, error.Code, error.Message, RecipientOnly: true),
                SendReaction.Reauthorize => new SendOutcome.Reauthorize(error.Code, error.Message),
                _ => new SendOutcome.Rejected(error),
            };
        }

        var status = ((int)failed.Status).ToString(CultureInfo.InvariantCulture);
        return failed.Status switch
        {
            HttpStatusCode.TooManyRequests => new SendOutcome.Retry(after, error?.Code ?? status, error?.Message ?? $"{platform} asks to send more slowly."),
            HttpStatusCode.Unauthorized => new SendOutcome.Reauthorize(error?.Code ?? status, error?.Message ?? $"{platform} does not accept the access token."),
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => new SendOutcome.Unknown($"{platform} answered {status} without a documented error."),
            _ when failed.Error is { Transient: true } => new SendOutcome.Retry(after, error!.Code, error.Message),
            _ => new SendOutcome.Rejected(error ?? new PlatformError(status, $"{platform} refused the message with HTTP status {status}.", SendReaction.GiveUpContent)),
        };
    }
}

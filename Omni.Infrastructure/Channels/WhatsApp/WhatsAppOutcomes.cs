using System.Globalization;
using System.Net;
using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>What an answer of the platform means for a message (docs/architecture.md has the table).</summary>
internal static class WhatsAppOutcomes
{
    /// <summary>One message to one person goes through about every six seconds; bursts are borrowed from later.</summary>
    private static readonly TimeSpan PairInterval = TimeSpan.FromSeconds(6);

    /// <summary>The outcome of handing over a message.</summary>
    public static SendOutcome OfSend(GraphAnswer answer) => answer switch
    {
        GraphAnswer.NotSent not => new SendOutcome.Retry(TimeSpan.Zero, "network", not.Reason),
        GraphAnswer.Lost lost => new SendOutcome.Unknown(lost.Reason),
        GraphAnswer.Answered { Ok: true } ok => ok.Body.Member("messages"u8).Each().FirstOrDefault().Text("id"u8) is { } id
            ? new SendOutcome.Accepted(id)
            : new SendOutcome.Unknown("WhatsApp answered, but not with the id of a message."),
        GraphAnswer.Answered failed => OfFailure(failed),
        _ => throw new InvalidOperationException($"Unhandled {answer.GetType().Name}."),
    };

    /// <summary>The outcome of a step that can be repeated without harm, such as an upload: what is unclear is tried again.</summary>
    /// <returns>Null when the step succeeded.</returns>
    public static SendOutcome? OfRepeatable(GraphAnswer answer) => answer switch
    {
        GraphAnswer.Lost lost => new SendOutcome.Retry(TimeSpan.Zero, "network", lost.Reason),
        GraphAnswer.Answered { Ok: true } => null,
        _ => OfSend(answer) is SendOutcome.Unknown unknown ? new SendOutcome.Retry(TimeSpan.Zero, "network", unknown.Reason) : OfSend(answer),
    };

    private static SendOutcome OfFailure(GraphAnswer.Answered failed)
    {
        var after = failed.RetryAfter ?? TimeSpan.Zero;
        var error = failed.Error is { } e ? WhatsAppErrors.Describe(e.Code, e.Message) : null;
        var documented = failed.Error?.Code is { } code && WhatsAppErrorTable.TryGet(code, out _);
        if (documented)
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
            HttpStatusCode.TooManyRequests => new SendOutcome.Retry(after, error?.Code ?? status, error?.Message ?? "WhatsApp asks to send more slowly."),
            HttpStatusCode.Unauthorized => new SendOutcome.Reauthorize(error?.Code ?? status, error?.Message ?? "WhatsApp does not accept the access token."),
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => new SendOutcome.Unknown($"WhatsApp answered {status} without a documented error."),
            _ when failed.Error is { Transient: true } => new SendOutcome.Retry(after, error!.Code, error.Message),
            _ => new SendOutcome.Rejected(error ?? new PlatformError(status, $"WhatsApp refused the message with HTTP status {status}.", SendReaction.GiveUpContent)),
        };
    }
}

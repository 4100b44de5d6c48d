using System.Globalization;
using System.Net;
using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>What answers mean for a message (docs/architecture.md has the table).</summary>
internal static class TikTokVerdicts
{
    private const int LongestQuote = 300;

    /// <summary>Codes from here on are about what was asked; those above about the platform itself.</summary>
    private const int FirstOfOurs = 40_000;
    private const int LastOfOurs = 49_999;

    /// <summary>The outcome of handing over a message.</summary>
    public static SendOutcome OfSend(WireAnswer answer) => answer switch
    {
        WireAnswer.NotSent not => new SendOutcome.Retry(TimeSpan.Zero, "network", not.Reason),
        WireAnswer.Lost lost => new SendOutcome.Unknown(lost.Reason),
        WireAnswer.Answered ok when IsGood(ok) => Data(ok).Member("message"u8).Text("message_id"u8) is { } id
            ? new SendOutcome.Accepted(id)
            : new SendOutcome.Unknown("TikTok answered, but not with the id of a message."),
        WireAnswer.Answered failed => OfFailure(failed),
        _ => throw new InvalidOperationException($"Unhandled {answer.GetType().Name}."),
    };

    /// <summary>The outcome of a step that can be repeated without harm, such as an upload: what is unclear is tried again.</summary>
    /// <returns>Null when the step succeeded.</returns>
    public static SendOutcome? OfRepeatable(WireAnswer answer) => answer is WireAnswer.Answered ok && IsGood(ok) ? null
        : OfSend(answer) is SendOutcome.Unknown unknown ? new SendOutcome.Retry(TimeSpan.Zero, "network", unknown.Reason)
        : OfSend(answer);

    /// <summary>What a good answer holds.</summary>
    public static JsonElement Data(WireAnswer answer) => ((WireAnswer.Answered)answer).Body.Member("data"u8);

    /// <summary>The code of an answer; null when it has none.</summary>
    public static int? Code(WireAnswer answer) =>
        answer is WireAnswer.Answered told && told.Body.Member("code"u8) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var code) ? code : null;

    private static bool IsGood(WireAnswer.Answered answer) => (int)answer.Status is >= 200 and <= 299 && Code(answer) == 0;

    private static SendOutcome OfFailure(WireAnswer.Answered failed)
    {
        var after = failed.RetryAfter ?? TimeSpan.Zero;
        var (code, status) = (Code(failed), (int)failed.Status);
        var name = (code is null or 0 ? status : code.Value).ToString(CultureInfo.InvariantCulture);
        var said = failed.Body.Text("message"u8) is { } quote ? $"TikTok says: {PlatformJson.Short(quote, LongestQuote)}" : null;
        if (code is { } known && TikTokErrors.Find(known) is var (reaction, words))
        {
            var all = said is null ? words : $"{words} {said}";
            return reaction switch
            {
                SendReaction.Retry => new SendOutcome.Retry(after, name, all),
                SendReaction.Reauthorize => new SendOutcome.Reauthorize(name, all),
                _ => new SendOutcome.Rejected(new PlatformError(name, all, reaction)),
            };
        }

        return failed.Status switch
        {
            HttpStatusCode.TooManyRequests => new SendOutcome.Retry(after, name, said ?? "TikTok asks to send more slowly."),
            HttpStatusCode.Unauthorized => new SendOutcome.Reauthorize(name, said ?? "TikTok does not accept the access token."),
            _ when code is >= FirstOfOurs and <= LastOfOurs || status is >= 300 and <= 499 and not (int)HttpStatusCode.RequestTimeout =>
                new SendOutcome.Rejected(new PlatformError(name, said ?? $"TikTok refused the message with code {name}.", SendReaction.GiveUpContent)),
            _ => new SendOutcome.Unknown($"TikTok answered {name} without a documented error."),
        };
    }
}

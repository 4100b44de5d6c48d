using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>The table "what became of a send" as code (docs/architecture.md).</summary>
internal static class Settlements
{
    /// <summary>After that long of trying a message fails, with a button to try again.</summary>
    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan HoldAccount = TimeSpan.FromMinutes(10);

    /// <summary>What follows from an outcome.</summary>
    /// <param name="outcome">The adapter's answer.</param>
    /// <param name="attempts">Tries made before this one.</param>
    /// <param name="age">How long the message has been queued.</param>
    /// <param name="jitter">A number from 0 to 1, so that many do not try again at the same moment.</param>
    internal static Settlement Of(SendOutcome outcome, int attempts, TimeSpan age, double jitter) => outcome switch
    {
        SendOutcome.Accepted accepted => new Settlement(MessageStatus.Sent, "accepted", Keeps: false) { ExternalId = accepted.ExternalId },
        SendOutcome.Retry retry when age > GiveUpAfter => new Settlement(MessageStatus.Failed, "retry", Keeps: false)
        {
            Code = retry.Code, Message = retry.Message, Retryable = true,
        },
        SendOutcome.Retry retry => new Settlement(MessageStatus.Queued, "retry", Keeps: true)
        {
            Code = retry.Code,
            Message = retry.Message,
            Retryable = true,
            After = Longer(retry.After, BackOff(attempts, jitter)),
            PauseChannel = !retry.RecipientOnly && retry.After > TimeSpan.Zero ? Shorter(retry.After, LongestWait) : TimeSpan.Zero,
        },
        SendOutcome.Rejected rejected => new Settlement(MessageStatus.Failed, "rejected", Keeps: false)
        {
            Code = rejected.Error.Code,
            Message = rejected.Error.Message,
            Retryable = rejected.Error.Reaction is SendReaction.Retry or SendReaction.SlowDown or SendReaction.Pause or SendReaction.GiveUpAccount,
            PauseChannel = rejected.Error.Reaction == SendReaction.Pause ? HoldAccount : TimeSpan.Zero,
        },
        SendOutcome.Unknown unknown => new Settlement(MessageStatus.Unknown, "unknown", Keeps: true) { Message = unknown.Reason, Retryable = true },
        SendOutcome.Reauthorize refused => new Settlement(MessageStatus.Queued, "reauthorize", Keeps: true)
        {
            Code = refused.Code, Message = refused.Message, Retryable = true, After = TimeSpan.FromSeconds(5),
        },
        _ => throw new System.Diagnostics.UnreachableException(outcome.GetType().Name),
    };

    /// <summary>1 s, 2 s, 4 s … at most 10 minutes, each up to half longer.</summary>
    internal static TimeSpan BackOff(int attempts, double jitter) =>
        Shorter(TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempts, 12))), LongestWait) * (1 + (jitter / 2));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

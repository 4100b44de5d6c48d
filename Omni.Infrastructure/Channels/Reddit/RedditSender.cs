using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Hands messages to Reddit: answers by <c>api/comment</c>, first messages by <c>api/compose</c>.</summary>
internal sealed class RedditSender(RedditClient reddit)
{
    private const string Title = "A message for you";

    /// <inheritdoc cref="IChannelAdapter.SendAsync"/>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, ChannelAccess access, CancellationToken ct)
    {
        if (Refuse(message) is { } reason)
        {
            return new SendOutcome.Rejected(new PlatformError("content", reason, SendReaction.GiveUpContent));
        }

        var form = new List<KeyValuePair<string, string>> { KeyValuePair.Create("api_type", "json"), KeyValuePair.Create("text", message.Text!) };
        if (Target(message) is { } thing)
        {
            form.Add(KeyValuePair.Create("thing_id", thing));
            return RedditVerdicts.OfSend(await reddit.PostAsync("api/comment", form, access, 0, ct));
        }

        form.Add(KeyValuePair.Create("to", message.Recipients[0] is var to && to.StartsWith("r/", StringComparison.Ordinal) ? $"/{to}" : message.Recipients[0]));
        form.Add(KeyValuePair.Create("subject", Subject(message.Text!)));
        return RedditVerdicts.OfSend(await reddit.PostAsync("api/compose", form, access, 0, ct));
    }

    /// <inheritdoc cref="IChannelAdapter.SignalAsync"/>
    /// <remarks>Marks our own inbox at Reddit as read; the person sees nothing of it.</remarks>
    public async Task<Result<Done>> SignalAsync(OutboundSignal signal, ChannelAccess access, CancellationToken ct)
    {
        if (signal is not { Kind: SignalKind.Read, LastExternalId: { } last })
        {
            return new Refusal.Invalid(nameof(signal.Kind), "Reddit shows nobody that somebody writes.");
        }

        return RedditVerdicts.Refuse(await reddit.PostAsync("api/read_message", [KeyValuePair.Create("id", last)], access, RedditClient.ForExtras, ct), CredentialNames.AccessToken) is { } refusal
            ? refusal
            : new Done();
    }

    /// <summary>What is answered; null for the first message to somebody.</summary>
    private static string? Target(OutboundMessage message) =>
        message.ReplyTo ?? message.AnswersTo ?? (message.ThreadKey is { Length: > 0 } thread && thread.StartsWith("t4_", StringComparison.Ordinal) ? thread : null);

    private static string? Refuse(OutboundMessage message) => message switch
    {
        { Recipients.Count: 0 } => "The message is for nobody.",
        { Type: not "text" } => "Reddit takes nothing but text from programs.",
        { Text: var text } when string.IsNullOrWhiteSpace(text) => "A message needs some text.",
        { Text.Length: > 10_000 } => $"The text is longer than {RedditCapabilities.Value.MaxTextLength} characters.",
        _ when Target(message) is null && message.ThreadKey is { Length: > 0 } => "There is no comment left to answer: it was deleted on Reddit.",
        _ => null,
    };

    // The beginning of the first line says more than any fixed words.
    private static string Subject(string text)
    {
        var line = text.Split('\n')[0].Trim();
        return line.Length == 0 ? Title : line.Length <= RedditCapabilities.MaxSubject ? line : PlatformJson.Short(line, RedditCapabilities.MaxSubject - 1) + "…";
    }
}

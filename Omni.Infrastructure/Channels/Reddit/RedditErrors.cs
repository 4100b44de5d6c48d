using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Omni.Core.Channels;
using static Omni.Core.Channels.SendReaction;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>Reddit's error codes, what follows from each, and what a person should read (github.com/reddit-archive/reddit, r2/lib/errors.py).</summary>
internal static partial class RedditErrors
{
    /// <summary>Told only in words: too fast for this account.</summary>
    public const string TooFast = "RATELIMIT";

    private static readonly TimeSpan WithoutWords = TimeSpan.FromMinutes(10);

    private const string NoPerson = "Reddit has no account of this name any more.";
    private const string Closed = "This person does not accept messages from this account.";
    private const string Gone = "What you answer no longer exists on Reddit.";
    private const string Locked = "Nobody can answer there any more: it is locked or too old.";

    private static readonly FrozenDictionary<string, (SendReaction Reaction, string Words)> Known = new Dictionary<string, (SendReaction, string)>
    {
        [TooFast] = (Retry, "Reddit asks this account to write more slowly; sending goes on by itself."),
        ["QUOTA_FILLED"] = (Retry, "This account has written too much for now; sending goes on by itself."),

        ["USER_REQUIRED"] = (Reauthorize, "Reddit no longer accepts the account's token. Connect the channel again."),

        ["USER_DOESNT_EXIST"] = (GiveUpContact, NoPerson),
        ["NO_USER"] = (GiveUpContact, NoPerson),
        ["BAD_USERNAME"] = (GiveUpContact, NoPerson),
        ["NOT_WHITELISTED_BY_USER_MESSAGE"] = (GiveUpContact, Closed),
        ["USER_BLOCKED"] = (GiveUpContact, Closed),
        ["USER_BLOCKED_MESSAGE"] = (GiveUpContact, Closed),
        ["USER_MUTED"] = (GiveUpContact, "The subreddit has muted this account."),
        ["SUBREDDIT_NOEXIST"] = (GiveUpContact, "There is no such subreddit."),
        ["SUBREDDIT_NOTALLOWED"] = (GiveUpContact, "This account may not write in that subreddit."),

        ["NO_TEXT"] = (GiveUpContent, "A message needs some text."),
        ["NO_SUBJECT"] = (GiveUpContent, "A new message needs a subject."),
        ["TOO_LONG"] = (GiveUpContent, "The text is too long for Reddit."),
        ["DELETED_COMMENT"] = (GiveUpContent, Gone),
        ["DELETED_LINK"] = (GiveUpContent, Gone),
        ["DELETED_THING"] = (GiveUpContent, Gone),
        ["THREAD_LOCKED"] = (GiveUpContent, Locked),
        ["TOO_OLD"] = (GiveUpContent, Locked),
        ["INVALID_OPTION"] = (GiveUpContent, "Reddit did not understand a part of the message."),

        ["BAD_CAPTCHA"] = (GiveUpAccount, "Reddit wants this account to prove that it is no robot. Write once by hand at reddit.com."),
    }.ToFrozenDictionary();

    /// <summary>Every documented error.</summary>
    public static IEnumerable<string> Codes => Known.Keys;

    /// <summary>What follows from an error; null for one that is not documented.</summary>
    public static (SendReaction Reaction, string Words)? Find(string code) => Known.TryGetValue(code, out var found) ? found : null;

    /// <summary>How long a too fast account must wait: "Try again in 6 seconds", "in 1 minute" …; ten minutes when the words say nothing.</summary>
    public static TimeSpan Wait(string? words)
    {
        var match = Amount().Match(words ?? "");
        if (!match.Success || !int.TryParse(match.Groups["amount"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return WithoutWords;
        }

        return match.Groups["unit"].Value.ToLowerInvariant() switch
        {
            "millisecond" => TimeSpan.FromMilliseconds(Math.Max(amount, 1000)),
            "second" => TimeSpan.FromSeconds(amount),
            "minute" => TimeSpan.FromMinutes(Math.Min(amount, 24 * 60)),
            _ => TimeSpan.FromHours(Math.Min(amount, 24)),
        };
    }

    [GeneratedRegex("(?<amount>[0-9]{1,6}) (?<unit>millisecond|second|minute|hour)s?", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Amount();
}

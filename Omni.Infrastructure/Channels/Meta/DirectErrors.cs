using System.Collections.Frozen;
using Omni.Core.Channels;
using static Omni.Core.Channels.SendReaction;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>
/// Error codes of Messenger and Instagram, what follows from each, and what a person should read
/// (developers.facebook.com/docs/messenger-platform/error-codes). A finer code counts before the code alone.
/// </summary>
internal static class DirectErrors
{
    /// <summary>Sent, or not: the platform answers this error also for messages that were delivered.</summary>
    public const int PerhapsSent = 1357046;

    private const string Closed = "The time for free replies is over: it is 24 hours after the person last wrote. When they write again, replies are possible.";
    private const string Restricted = "Meta restricts this account at the moment. Look at the page's quality in Meta Business Suite.";

    private static readonly FrozenDictionary<(int Code, int? Subcode), (SendReaction Reaction, string Words)> Known = new Dictionary<(int, int?), (SendReaction, string)>
    {
        [(1, null)] = (Retry, "The platform had a passing problem."),
        [(2, null)] = (Retry, "The platform is down or overloaded for a moment."),
        [(4, null)] = (Retry, "The Meta app made too many calls; sending goes on when its limit allows."),
        [(17, null)] = (Retry, "The account made too many calls; sending goes on when its limit allows."),
        [(613, null)] = (Retry, "The account reached its rate limit; sending goes on when it allows."),

        [(190, null)] = (Reauthorize, "The access token has expired or was revoked. Connect the channel again."),
        [(200, null)] = (Reauthorize, "The access token lacks a permission for messages. Connect the channel again and grant everything that is asked for."),
        [(10, null)] = (Reauthorize, "The Meta app lacks a permission for messages. Check the app's permissions and connect the channel again."),

        [(10, 2534022)] = (UseTemplate, Closed),
        [(200, 2534041)] = (GiveUpContact, "This person or the account has switched off access to direct messages for apps."),
        [(551, null)] = (GiveUpContact, "This person does not receive messages from you at the moment."),
        [(100, 2534014)] = (GiveUpContact, "The platform does not know this person in connection with this account."),

        [(10, 1893063)] = (Pause, Restricted),
        [(100, 2534029)] = (Pause, Restricted),
        [(368, null)] = (Pause, "Meta blocked the account for a policy violation. Open Account Quality in Meta Business Suite."),

        [(100, null)] = (GiveUpContent, "The platform did not understand a part of the message. Change it and send it again."),
    }.ToFrozenDictionary();

    /// <summary>Every documented error.</summary>
    public static IEnumerable<(int Code, int? Subcode)> Codes => Known.Keys;

    /// <summary>What follows from an error; null for one that is not documented.</summary>
    public static (SendReaction Reaction, string Words)? Find(int code, int? subcode) =>
        Known.TryGetValue((code, subcode), out var found) || Known.TryGetValue((code, null), out found) ? found : null;
}

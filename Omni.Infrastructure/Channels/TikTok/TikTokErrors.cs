using System.Collections.Frozen;
using Omni.Core.Channels;
using static Omni.Core.Channels.SendReaction;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Return codes (business-api.tiktok.com/portal/docs, return codes), what follows from each, and what a person should read. They come with HTTP status 200.</summary>
internal static class TikTokErrors
{
    /// <summary>The token is wrong or has ended.</summary>
    public const int BadToken = 40105;

    private static readonly FrozenDictionary<int, (SendReaction Reaction, string Words)> Known = new Dictionary<int, (SendReaction, string)>
    {
        [40001] = (Reauthorize, "TikTok no longer grants a permission for messages. Connect the account again and leave everything ticked."),
        [40002] = (GiveUpContent, "TikTok did not understand a part of the message. Change it and send it again."),
        [40007] = (GiveUpContact, "TikTok no longer has this conversation."),
        [40064] = (UseTemplate, "TikTok's rules for messages do not allow it now: up to 10 messages in the 48 hours after the person last wrote. When they write again, replies are possible."),
        [40100] = (Retry, "TikTok asks to send more slowly."),
        [BadToken] = (Reauthorize, "The access token has expired or was revoked. Connect the account again."),
        [40908] = (GiveUpContent, "TikTok takes only JPEG and PNG."),
        [51065] = (Retry, "TikTok had a passing problem."),
    }.ToFrozenDictionary();

    /// <summary>Every documented code.</summary>
    public static IEnumerable<int> Codes => Known.Keys;

    /// <summary>What follows from a code; null for one that is not documented.</summary>
    public static (SendReaction Reaction, string Words)? Find(int code) => Known.TryGetValue(code, out var found) ? found : null;
}

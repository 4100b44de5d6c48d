using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Reddit;

/// <summary>
/// What Reddit carries (github.com/reddit-archive/reddit, api/compose and api/comment): Markdown text up to 10,000 characters, no files.
/// It answers private messages without naming them; the listing of what was sent does. How fast one account may write it tells only when
/// that was too fast, so a calm pace is kept from the start.
/// </summary>
internal static class RedditCapabilities
{
    /// <summary>Longest subject of a new message, in characters.</summary>
    internal const int MaxSubject = 100;

    /// <summary>The one set of capabilities; it is the same for every account.</summary>
    public static ChannelCapabilities Value { get; } = new()
    {
        MaxTextLength = 10_000,
        Replies = true,
        ReadMarks = true,
        EchoesWithoutReference = true,
        NamesLater = true,
        PublicThreads = "t3_",
        SendsPerSecond = 0.5,
        SendBurst = 5,
        TimeUnit = TimeSpan.FromSeconds(1),
    };
}

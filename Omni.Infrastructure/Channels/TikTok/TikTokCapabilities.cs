using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>
/// What TikTok carries. Source: business-api.tiktok.com/portal/docs, Business Messaging: text of 6,000 characters, JPEG and PNG of 3 MB, 48 hours
/// and ten messages after each message of the customer, ten calls a second for an app.
/// </summary>
internal static class TikTokCapabilities
{
    private const long Megabyte = 1 << 20;

    /// <summary>The one set of capabilities; it is the same for every account.</summary>
    public static ChannelCapabilities Value { get; } = new()
    {
        MaxTextLength = 6000,
        ReplyWindow = TimeSpan.FromHours(48),
        MaxPerWindow = 10,
        Replies = true,
        ReadMarks = true,
        Typing = true,
        EchoesWithoutReference = true,
        SendsPerSecond = 10,
        SendBurst = 10,
        Media = new Dictionary<string, MediaRule> { ["image"] = new(3 * Megabyte, ["image/jpeg", "image/png"]) },
    };
}

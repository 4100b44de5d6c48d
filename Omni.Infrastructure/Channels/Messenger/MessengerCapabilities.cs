using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Messenger;

/// <summary>
/// What Messenger carries. Sources: developers.facebook.com/docs/messenger-platform — reference/send-api (text), send-messages/saving-assets
/// (files), overview/rate-limiting (300 calls per second and page, 10 for audio and video), policy/policy-overview (24 hours; 7 days for people).
/// </summary>
internal static class MessengerCapabilities
{
    private const long Megabyte = 1 << 20;

    /// <summary>The one set of capabilities; it is the same for every page.</summary>
    public static ChannelCapabilities Value { get; } = new()
    {
        MaxTextLength = 2000,
        ReplyWindow = TimeSpan.FromHours(24),
        LateWindow = TimeSpan.FromDays(7),
        Replies = true,
        ReadMarks = true,
        Typing = true,
        SendsPerSecond = 100,
        SendBurst = 100,
        Media = new Dictionary<string, MediaRule>
        {
            ["image"] = new(8 * Megabyte, ["image/jpeg", "image/png", "image/gif"]),
            ["video"] = new(25 * Megabyte, []),
            ["audio"] = new(25 * Megabyte, []),
            ["file"] = new(25 * Megabyte, []),
        },
    };
}

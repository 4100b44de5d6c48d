using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Instagram;

/// <summary>
/// What Instagram carries. Sources: developers.facebook.com/docs/instagram-platform — messaging-api (1,000 bytes of text, 24 hours, 100 calls
/// per second), developers.facebook.com/docs/messenger-platform/instagram/features/attachment-upload (files).
/// </summary>
internal static class InstagramCapabilities
{
    private const long Megabyte = 1 << 20;

    /// <summary>The one set of capabilities; it is the same for every account.</summary>
    public static ChannelCapabilities Value { get; } = new()
    {
        MaxTextLength = 1000,
        CountsBytes = true,
        ReplyWindow = TimeSpan.FromHours(24),
        LateWindow = TimeSpan.FromDays(7),
        Replies = true,
        Reactions = true,
        ReadMarks = true,
        Typing = true,
        EchoesWithoutReference = true,
        SendsPerSecond = 100,
        SendBurst = 100,
        Media = new Dictionary<string, MediaRule>
        {
            ["image"] = new(8 * Megabyte, ["image/jpeg", "image/png", "image/gif"]),
            ["video"] = new(25 * Megabyte, ["video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"]),
            ["audio"] = new(25 * Megabyte, ["audio/aac", "audio/mp4", "audio/wav", "audio/x-wav"]),
            ["file"] = new(25 * Megabyte, ["application/pdf"]),
        },
    };
}

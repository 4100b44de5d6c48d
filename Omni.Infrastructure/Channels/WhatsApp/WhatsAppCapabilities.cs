using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// What WhatsApp carries. Sources: developers.facebook.com/docs/whatsapp — cloud-api/reference/messages (text), cloud-api/reference/media
/// (files), cloud-api/overview (throughput: 80 messages per second and number), pricing (24 hours).
/// </summary>
internal static class WhatsAppCapabilities
{
    private const long Megabyte = 1 << 20;

    /// <summary>Longest words beside a file; longer ones do not go with it.</summary>
    public const int MaxCaption = 1024;

    /// <summary>The one set of capabilities; it is the same for every number.</summary>
    public static ChannelCapabilities Value { get; } = new()
    {
        MaxTextLength = 4096,
        ReplyWindow = TimeSpan.FromHours(24),
        Templates = true,
        Replies = true,
        Reactions = true,
        ReadMarks = true,
        Typing = true,
        Captions = true,
        SendsPerSecond = 80,
        SendBurst = 80,
        TimeUnit = TimeSpan.FromSeconds(1), // webhooks carry whole seconds
        Media = new Dictionary<string, MediaRule>
        {
            ["image"] = new(5 * Megabyte, ["image/jpeg", "image/png"]),
            ["video"] = new(16 * Megabyte, ["video/mp4", "video/3gpp"]),
            ["audio"] = new(16 * Megabyte, ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"]),
            ["file"] = new(100 * Megabyte, []),
            ["sticker"] = new(500 * 1024, ["image/webp"]), // 500 KB when animated, 100 KB when not
        },
    };
}

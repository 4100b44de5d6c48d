using Omni.Core.Channels;
using Omni.Core.Widget;

namespace Omni.Infrastructure.Widget;

/// <summary>What a website chat carries. Nobody else sets limits: these keep a talk readable and a page quick.</summary>
internal static class WidgetCapabilities
{
    private const long Most = 100L << 20;

    /// <summary>The one set of capabilities.</summary>
    public static ChannelCapabilities Value { get; } = new()
    {
        MaxTextLength = WidgetMessages.MaxTextLength,
        Captions = true,
        SendsPerSecond = 200,
        SendBurst = 400,
        Media = new Dictionary<string, MediaRule>
        {
            ["image"] = new(Most, []),
            ["video"] = new(Most, []),
            ["audio"] = new(Most, []),
            ["file"] = new(Most, []),
        },
    };
}

using Omni.Core.Channels;

namespace Omni.Web.Shared.Ui;

/// <summary>How platforms are named and drawn.</summary>
public static class Platform
{
    /// <summary>Name of the platform's colour and glyph.</summary>
    public static string Key(ChannelKind kind) => kind switch
    {
        ChannelKind.Line => "line-app",
        ChannelKind.Twilio => "sms",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>Name as people know it.</summary>
    public static string Name(ChannelKind kind) => kind switch
    {
        ChannelKind.Widget => "Website chat",
        ChannelKind.Line => "LINE",
        ChannelKind.Twilio => "SMS",
        ChannelKind.Email => "E-mail",
        ChannelKind.Api => "API",
        _ => kind.ToString(),
    };
}

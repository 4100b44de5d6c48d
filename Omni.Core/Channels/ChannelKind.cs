namespace Omni.Core.Channels;

/// <summary>A platform that customers write from. Written in lower case in JSON, paths and the database.</summary>
public enum ChannelKind
{
    /// <summary>WhatsApp Cloud API.</summary>
    WhatsApp,

    /// <summary>Facebook Messenger.</summary>
    Messenger,

    /// <summary>Instagram direct messages.</summary>
    Instagram,

    /// <summary>TikTok Business Messaging.</summary>
    TikTok,

    /// <summary>Reddit messages and comments.</summary>
    Reddit,

    /// <summary>Omni's own chat on a customer's site.</summary>
    Widget,

    /// <summary>Telegram bot.</summary>
    Telegram,

    /// <summary>LINE official account.</summary>
    Line,

    /// <summary>SMS through Twilio.</summary>
    Twilio,

    /// <summary>E-mail.</summary>
    Email,

    /// <summary>A program of the customer's own.</summary>
    Api,
}

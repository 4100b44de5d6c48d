using System.ComponentModel.DataAnnotations;

namespace Omni.Core.Widget;

/// <summary><c>Omni:Widget</c>: website chats.</summary>
public sealed class WidgetOptions
{
    /// <summary>The section's name in the configuration.</summary>
    public const string Section = "Omni:Widget";

    /// <summary>A reply that has not reached the visitor's page after so many seconds goes to the e-mail address the visitor left.</summary>
    [Range(1, 86_400)]
    public int MailAfterSeconds { get; init; } = 60;

    /// <summary>Calls per minute from one network address to all chats.</summary>
    [Range(1, 1_000_000)]
    public int AddressCallsPerMinute { get; init; } = 1_200;

    /// <summary>New visitors per minute from one network address.</summary>
    [Range(1, 1_000_000)]
    public int AddressVisitorsPerMinute { get; init; } = 20;

    /// <summary>Messages per minute of one visitor.</summary>
    [Range(1, 1_000_000)]
    public int VisitorMessagesPerMinute { get; init; } = 30;

    /// <summary>Messages per minute to one chat.</summary>
    [Range(1, 1_000_000)]
    public int ChannelMessagesPerMinute { get; init; } = 3_000;

    /// <summary>How long a reply may take to reach the page.</summary>
    public TimeSpan MailAfter => TimeSpan.FromSeconds(MailAfterSeconds);
}

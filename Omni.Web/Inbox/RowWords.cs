using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Web.Shared;
using Omni.Web.Shared.Ui;

namespace Omni.Web.Inbox;

/// <summary>What a row of the list says, for eyes and for screen readers.</summary>
public static class RowWords
{
    private static readonly TimeSpan Soon = TimeSpan.FromHours(4);

    /// <summary>State of the reply window.</summary>
    /// <param name="Words">What it says.</param>
    /// <param name="Tone">bad when closed, warn when soon, empty otherwise.</param>
    public readonly record struct Window(string Words, string Tone);

    /// <summary>The window's chip; null where the platform has none or the conversation is done.</summary>
    public static Window? WindowOf(ConversationRow row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!row.HasWindow || row.Status is ConversationStatus.Resolved or ConversationStatus.Spam)
        {
            return null;
        }

        return row.WindowUntil is { } until && until > now
            ? new Window($"{Reader.Left(until - now)} left", until - now <= Soon ? "warn" : "")
            : new Window("Window closed", "bad");
    }

    /// <summary>The row's name: who, where, unread, how long is left, the last words.</summary>
    public static string Name(ConversationItem item, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(item);
        var row = item.Row;
        var parts = new List<string> { row.ContactName, Platform.Name(row.Kind) };
        if (item.Unread)
        {
            parts.Add("unread");
        }

        if (WindowOf(row, now) is { } window)
        {
            parts.Add(window.Words.Replace(" h ", " hours ", StringComparison.Ordinal).Replace(" m ", " minutes ", StringComparison.Ordinal).Replace(" d ", " days ", StringComparison.Ordinal));
        }

        if (row.Priority != ConversationPriority.None)
        {
            parts.Add($"{Names.Of(row.Priority)} priority");
        }

        parts.Add(item.Draft is { } draft ? $"draft: {draft}" : Failed(row) ? $"failed to send: {row.LastMessagePreview}" : row.LastMessagePreview);
        return string.Join(", ", parts.Where(p => p.Length > 0));
    }

    /// <summary>True when the newest message did not go out.</summary>
    public static bool Failed(ConversationRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.LastMessageStatus == MessageStatus.Failed;
    }
}

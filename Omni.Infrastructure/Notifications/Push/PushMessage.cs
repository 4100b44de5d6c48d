using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Notifications;

namespace Omni.Infrastructure.Notifications.Push;

/// <summary>What a push says; service-worker.js shows it.</summary>
internal static class PushMessage
{
    private const int LongestLine = 160;

    /// <summary>Writes it. Without content it says only what kind of thing happened.</summary>
    internal static byte[] Write(NotificationView notification, bool hideContent, int unread)
    {
        var message = new JsonObject
        {
            ["id"] = notification.Id,
            ["kind"] = Names.Of(notification.Kind),
            ["title"] = Cut(hideContent ? notification.Plain : notification.Title),
            ["body"] = hideContent ? "" : Cut(notification.Text),
            ["url"] = notification.Href,
            // One line per conversation on the device: the newest replaces the one before.
            ["tag"] = notification.ConversationId is { } conversation ? $"conversation:{conversation}" : $"{Names.Of(notification.Kind)}:{notification.ChannelId ?? notification.Id}",
            ["conversation"] = notification.ConversationId,
            ["at"] = notification.CreatedAt.ToUnixTimeMilliseconds(),
            ["unread"] = unread,
        };
        return JsonSerializer.SerializeToUtf8Bytes(message);
    }

    private static string Cut(string text)
    {
        var cut = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(LongestLine))
        {
            cut.Append(rune);
        }

        return cut.Length < text.Length ? cut.Append('…').ToString() : text;
    }
}

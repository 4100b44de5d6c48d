using System.Text;
using Omni.Core.Identity;
using Omni.Core.Notifications;

namespace Omni.Infrastructure.Notifications;

/// <summary>The letter about what was not seen, in plain text.</summary>
internal static class DigestLetter
{
    private const int MostLines = 30;

    internal static Mail Write(DigestPerson person, IReadOnlyList<NotificationView> waiting, IPublicAddress address)
    {
        var hidden = person.Settings.HideContent;
        var settings = address.Of("/settings/notifications");
        var text = new StringBuilder().AppendLine($"In {OneLine(person.Organization)} this waits for you:").AppendLine();
        foreach (var notification in waiting.TakeLast(MostLines).Reverse())
        {
            text.AppendLine($"- {OneLine(hidden ? notification.Plain : notification.Title)}");
            if (!hidden && notification.Text.Length > 0)
            {
                text.AppendLine($"  {OneLine(notification.Text)}");
            }

            text.AppendLine($"  {address.Of(notification.Href)}").AppendLine();
        }

        if (waiting.Count > MostLines)
        {
            text.AppendLine($"And {waiting.Count - MostLines} more: {address.Of("/inbox")}").AppendLine();
        }

        text.Append($"You get this letter because these were not opened in Omni. Change or stop it here: {settings}");
        var subject = waiting.Count == 1 ? hidden ? waiting[0].Plain : waiting[0].Title : $"{waiting.Count} things wait for you";
        return new Mail(person.Email, $"{OneLine(subject)} ({OneLine(person.Organization)})", text.ToString()) { Unsubscribe = settings };
    }

    // Names and messages are typed by people: a line break in a subject would begin another header.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

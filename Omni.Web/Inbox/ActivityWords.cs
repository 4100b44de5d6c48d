using System.Globalization;
using System.Text.Json;
using Omni.Core.Inbox;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>Lines of the timeline about what happened to a conversation.</summary>
public static class ActivityWords
{
    /// <summary>The line.</summary>
    public static string Of(MessageView line, Reader reader, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(reader);
        var who = line.AuthorName ?? (line.Source == MessageSource.Api ? "A program" : "Omni");
        return line.Type switch
        {
            "assigned" => PayloadReader.Text(line.Payload, "assigneeName") is { } name ? name == who ? $"{who} took it" : $"{who} assigned it to {name}" : $"{who} assigned it",
            "unassigned" => $"{who} took the assignment away",
            "status" => Status(line, reader, now, who),
            "priority" => $"{who} set the priority to {PayloadReader.Text(line.Payload, "priority")}",
            "labels" => Labels(line, who),
            "woke" => "Back from snooze",
            "joined" => "The person signed in to the site; the messages are in their other conversation",
            _ => line.Text ?? $"{who}: {line.Type}",
        };
    }

    private static string Status(MessageView line, Reader reader, DateTimeOffset now, string who) => PayloadReader.Text(line.Payload, "status") switch
    {
        "open" => $"{who} reopened it",
        "pending" => $"{who} waits for the customer",
        "snoozed" => DateTimeOffset.TryParse(PayloadReader.Text(line.Payload, "until"), CultureInfo.InvariantCulture, DateTimeStyles.None, out var until)
            ? $"{who} snoozed it until {reader.Soon(until, now)}" : $"{who} snoozed it",
        "resolved" => $"{who} resolved it",
        "spam" => $"{who} marked it as spam",
        _ => $"{who} changed its state",
    };

    private static string Labels(MessageView line, string who)
    {
        var added = line.Payload is { ValueKind: JsonValueKind.Object } payload && payload.TryGetProperty("added", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()).ToArray() : [];
        return added.Length > 0 ? $"{who} added {string.Join(", ", added)}" : $"{who} removed a label";
    }
}

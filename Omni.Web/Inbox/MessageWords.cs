using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>What a message says about itself in words.</summary>
public static class MessageWords
{
    // How long the sender waits for the platform to tell what became of it; until then nothing may be sent again.
    private static readonly TimeSpan Checking = TimeSpan.FromSeconds(60);

    /// <summary>How far an own message got.</summary>
    public static string Status(MessageStatus status) => status switch
    {
        MessageStatus.Queued => "Waiting",
        MessageStatus.Sending => "Sending",
        MessageStatus.Sent => "Sent",
        MessageStatus.Delivered => "Delivered",
        MessageStatus.Read => "Read",
        MessageStatus.Failed => "Not sent",
        MessageStatus.Unknown => "May have been sent",
        _ => "",
    };

    /// <summary>The message's name for screen readers: who, when, how far.</summary>
    public static string Name(MessageView message, string contact, Reader reader)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(reader);
        var who = message.Direction == MessageDirection.In ? contact : message.AuthorName ?? Source(message.Source) ?? "You";
        var state = message.Direction == MessageDirection.Out ? $", {Status(message.Status)}" : "";
        return $"{who}, {reader.Clock(TimelinePart.At(message))}{state}";
    }

    /// <summary>Who of us wrote it; null for the reader, who knows.</summary>
    public static string? Author(MessageView message, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(workspace);
        return message.AuthorId == workspace.Actor.UserId && message.Source == MessageSource.Person ? null : message.AuthorName ?? Source(message.Source);
    }

    /// <summary>Who reacted with what.</summary>
    public static string Reactions(MessageView message, string contact, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(workspace);
        return string.Join(", ", message.Reactions.Select(r => $"{Reactor(r.Reactor)} reacted with {r.Emoji}"));

        string Reactor(string reactor) =>
            reactor.StartsWith("contact:", StringComparison.Ordinal) ? contact
            : !Guid.TryParse(reactor.AsSpan(reactor.IndexOf(':', StringComparison.Ordinal) + 1), out var user) ? "Somebody"
            : user == workspace.Actor.UserId ? "You"
            : workspace.Directory.Members.FirstOrDefault(m => m.UserId == user)?.Name ?? "Somebody";
    }

    /// <summary>True when the bubble is a picture or film, with its words below.</summary>
    public static bool IsPicture(MessageView message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.DeletedAt is null && message.Attachments.Any(a => a is { Url: not null, Type: "image" or "video" or "sticker" });
    }

    /// <summary>True while the sender may still find out whether the message went out.</summary>
    public static bool IsStillChecked(MessageView message, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        return now - message.CreatedAt < Checking;
    }

    private static string? Source(MessageSource source) => source switch
    {
        MessageSource.Flow => "Automation",
        MessageSource.Campaign => "Campaign",
        MessageSource.Api => "API",
        MessageSource.Platform => "From the phone",
        _ => null,
    };
}

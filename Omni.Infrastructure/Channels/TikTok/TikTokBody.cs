using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.TikTok;

/// <summary>Writes the body of a send (business-api.tiktok.com/portal/docs, <c>business/message/send/</c>).</summary>
internal static class TikTokBody
{
    /// <summary>Limits of a card with buttons.</summary>
    private const int MostButtons = 3;
    private const int LongestQuestion = 40;
    private const int LongestTitle = 20;
    private const int LongestId = 40;

    /// <summary>Why this message cannot be sent whatever the platform says; null when it can be tried.</summary>
    public static string? Refuse(OutboundMessage message) => message switch
    {
        { Recipients.Count: 0 } => "The message has no recipient.",
        { Type: "text" or "interactive", Text: null or "" } => "The message has no text.",
        { Text.Length: var length } when length > TikTokCapabilities.Value.MaxTextLength =>
            $"TikTok takes at most {TikTokCapabilities.Value.MaxTextLength} characters. Split the text into several messages.",
        { Type: "image", Media: null } => "The message has no file.",
        { Type: "image", Text.Length: > 0 } => "TikTok shows no words beside a picture. Send them as a message of their own.",
        { Type: "text" or "image", ThreadKey: not (null or "") } => null,
        { Type: "interactive" } when RefuseButtons(message) is { } reason => reason,
        { Type: "interactive", ThreadKey: not (null or "") } => null,
        { Type: "text" or "image" or "interactive" } => "TikTok has no conversation with this person yet. They must write first.",
        { Type: "reaction" } => "TikTok takes no reactions from businesses.",
        _ => $"TikTok has no messages of type {message.Type} from businesses.",
    };

    /// <summary>The body of a message that <see cref="Refuse"/> lets through.</summary>
    /// <param name="message">The message.</param>
    /// <param name="access">The channel.</param>
    /// <param name="media">The platform's id of the uploaded picture.</param>
    public static JsonObject Write(OutboundMessage message, ChannelAccess access, string? media)
    {
        var body = To(access, message.ThreadKey!);
        switch (message.Type)
        {
            case "image":
                body["message_type"] = "IMAGE";
                body["image"] = new JsonObject { ["media_id"] = media };
                break;
            case "interactive":
                body["message_type"] = "TEMPLATE";
                body["template"] = new JsonObject
                {
                    ["type"] = "QA_BUTTON_CARD",
                    ["title"] = message.Text,
                    ["buttons"] = new JsonArray([.. Buttons(message.Interactive!).Select(b => new JsonObject { ["type"] = "REPLY", ["title"] = b.Title, ["id"] = b.Id })]),
                };
                break;
            default:
                body["message_type"] = "TEXT";
                body["text"] = new JsonObject { ["body"] = message.Text };
                if (message.ReplyTo is { } target)
                {
                    body["referenced_message_info"] = new JsonObject { ["referenced_message_id"] = target };
                }

                break;
        }

        return body;
    }

    /// <summary>The body of a sign that is no message.</summary>
    public static JsonObject Sign(SignalKind kind, string thread, ChannelAccess access)
    {
        var body = To(access, thread);
        body["message_type"] = "SENDER_ACTION";
        body["sender_action"] = kind == SignalKind.Read ? "MARK_READ" : "TYPING";
        return body;
    }

    private static JsonObject To(ChannelAccess access, string thread) =>
        new() { ["business_id"] = access.AccountId, ["recipient_type"] = "CONVERSATION", ["recipient"] = thread };

    private static string? RefuseButtons(OutboundMessage message)
    {
        var buttons = message.Interactive is { } interactive ? Buttons(interactive).ToList() : [];
        return buttons.Count is 0 or > MostButtons ? $"TikTok takes 1 to {MostButtons} buttons."
            : message.Text!.Length > LongestQuestion ? $"Above buttons TikTok takes at most {LongestQuestion} characters."
            : buttons.Exists(b => b.Title is null or "" or { Length: > LongestTitle }) ? $"Words on a button have 1 to {LongestTitle} characters."
            : buttons.Exists(b => b.Id is null or "" or { Length: > LongestId }) ? $"Every button needs an id of at most {LongestId} characters."
            : null;
    }

    // Rows of a list become buttons too: the platform has nothing closer.
    private static IEnumerable<(string? Id, string? Title)> Buttons(JsonObject interactive) =>
        (interactive["buttons"] as JsonArray ?? [.. (interactive["sections"] as JsonArray ?? []).SelectMany(s => s?["rows"] as JsonArray ?? []).Select(r => r?.DeepClone())])
            .Select(b => ((string?)b?["id"]?.ToString(), (string?)b?["title"]?.ToString()));
}

using System.Text;
using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Writes the body of a send.</summary>
internal static class DirectBody
{
    /// <summary>Most quick replies, and the longest words on one.</summary>
    private const int MostChoices = 13;
    private const int LongestTitle = 20;
    private const int LongestPayload = 1000;

    /// <summary>The only reaction that can be sent, by the name the platform has for it.</summary>
    private const string Love = "love";

    /// <summary>Why this message cannot be sent whatever the platform says; null when it can be tried.</summary>
    public static string? Refuse(DirectPlatform platform, OutboundMessage message, ChannelAccess access)
    {
        var limits = platform.Capabilities;
        return message switch
        {
            { Recipients.Count: 0 } => "The message has no recipient.",
            { Type: "text" or "interactive", Text: null or "" } => "The message has no text.",
            { Text.Length: > 0 } when Length(limits, message.Text) > limits.MaxTextLength =>
                $"{platform.Name} takes at most {limits.MaxTextLength} {(limits.CountsBytes ? "bytes" : "characters")}. Split the text into several messages.",
            { Type: "text" } => null,
            { Type: "image" or "video" or "audio" or "file" } when !limits.Media.ContainsKey(message.Type) => $"{platform.Name} takes no {message.Type}.",
            { Type: "image" or "video" or "audio" or "file", Media: null } => "The message has no file.",
            { Type: "image" or "video" or "audio" or "file", Text.Length: > 0 } => $"{platform.Name} shows no words beside a file. Send them as a message of their own.",
            { Type: "image" or "video" or "audio" or "file" } when access.Credentials.GetValueOrDefault(CredentialNames.Variant) == CredentialNames.VariantLogin =>
                "Files go out only for accounts that are connected by their Facebook page.",
            { Type: "image" or "video" or "audio" or "file" } => null,
            { Type: "reaction" } when !limits.Reactions => $"{platform.Name} takes no reactions from businesses.",
            { Type: "reaction", ReplyTo: null } => "A reaction needs the message it is about.",
            { Type: "reaction", Emoji: not (null or "" or "❤" or "❤️") } => $"{platform.Name} takes only ❤️ as a reaction.",
            { Type: "reaction" } => null,
            { Type: "interactive" } => RefuseChoices(platform, message.Interactive),
            _ => $"{platform.Name} has no messages of type {message.Type}.",
        };
    }

    /// <summary>The body of a message that <see cref="Refuse"/> lets through.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="message">The message.</param>
    /// <param name="attachment">The platform's id of the uploaded file.</param>
    public static JsonObject Write(DirectPlatform platform, OutboundMessage message, string? attachment)
    {
        var body = new JsonObject { ["recipient"] = new JsonObject { ["id"] = message.Recipients[0] } };
        if (message.Type == "reaction")
        {
            var isTaken = string.IsNullOrEmpty(message.Emoji);
            body["sender_action"] = isTaken ? "unreact" : "react";
            body["payload"] = isTaken ? new JsonObject { ["message_id"] = message.ReplyTo } : new JsonObject { ["message_id"] = message.ReplyTo, ["reaction"] = Love };
            return body;
        }

        body["messaging_type"] = message.IsLate ? "MESSAGE_TAG" : "RESPONSE";
        if (message.IsLate)
        {
            body["tag"] = "HUMAN_AGENT";
        }

        var content = message.Type switch
        {
            "text" => new JsonObject { ["text"] = message.Text },
            "interactive" => Interactive(message),
            _ => new JsonObject { ["attachment"] = new JsonObject { ["type"] = message.Type, ["payload"] = new JsonObject { ["attachment_id"] = attachment } } },
        };
        if (platform.Topic == MetaTopic.Messenger)
        {
            content["metadata"] = message.Id.ToString("N"); // comes back on the echo, also when the answer to this call is lost
        }

        body["message"] = content;
        if (message.ReplyTo is { } target)
        {
            body["reply_to"] = new JsonObject { ["mid"] = target };
        }

        return body;
    }

    /// <summary>What is said about a file that is uploaded.</summary>
    public static JsonObject Upload(OutboundMedia media) =>
        new() { ["attachment"] = new JsonObject { ["type"] = media.Type, ["payload"] = new JsonObject { ["is_reusable"] = true } } };

    private static int Length(ChannelCapabilities limits, string text) => limits.CountsBytes ? Encoding.UTF8.GetByteCount(text) : text.Length;

    private static string? RefuseChoices(DirectPlatform platform, JsonObject? interactive)
    {
        if (interactive is null)
        {
            return "The message has no buttons.";
        }

        if (Link(interactive) is { } link)
        {
            return platform.Topic != MetaTopic.Messenger ? $"{platform.Name} has no link buttons. Write the link into the text."
                : link.Title is null || link.Url is null ? "A link button needs words and an address."
                : null;
        }

        var choices = Choices(interactive).ToList();
        return choices.Count is 0 or > MostChoices ? $"{platform.Name} takes 1 to {MostChoices} quick replies."
            : choices.Exists(c => c.Title is null or "" or { Length: > LongestTitle }) ? $"Words on a quick reply have 1 to {LongestTitle} characters."
            : choices.Exists(c => c.Id is null or "" or { Length: > LongestPayload }) ? "Every quick reply needs an id."
            : null;
    }

    private static JsonObject Interactive(OutboundMessage message)
    {
        if (Link(message.Interactive!) is { } link)
        {
            var button = new JsonObject { ["type"] = "web_url", ["url"] = link.Url, ["title"] = link.Title };
            return new JsonObject
            {
                ["attachment"] = new JsonObject
                {
                    ["type"] = "template",
                    ["payload"] = new JsonObject { ["template_type"] = "button", ["text"] = message.Text, ["buttons"] = new JsonArray(button) },
                },
            };
        }

        return new JsonObject
        {
            ["text"] = message.Text,
            ["quick_replies"] = new JsonArray([.. Choices(message.Interactive!).Select(c => new JsonObject { ["content_type"] = "text", ["title"] = c.Title, ["payload"] = c.Id })]),
        };
    }

    // Buttons and lists of the contract both become quick replies: the platform has nothing closer.
    private static IEnumerable<(string? Id, string? Title)> Choices(JsonObject interactive) =>
        (interactive["buttons"] as JsonArray ?? [.. (interactive["sections"] as JsonArray ?? []).SelectMany(s => s?["rows"] as JsonArray ?? []).Select(r => r?.DeepClone())])
            .Select(c => ((string?)c?["id"]?.ToString(), (string?)c?["title"]?.ToString()));

    private static (string? Title, string? Url)? Link(JsonObject interactive) => interactive["type"]?.ToString() == "cta_url"
        ? (interactive["action"]?["parameters"]?["display_text"]?.ToString(), interactive["action"]?["parameters"]?["url"]?.ToString())
        : null;
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Sandbox;
using Omni.Web.Inbox;

namespace Omni.Web.Sandbox;

/// <summary>What passed, in words, for the list of payloads.</summary>
/// <param name="Icon">Icon of the sprite.</param>
/// <param name="Tone">in, ok, warn or bad.</param>
/// <param name="Words">What it was.</param>
/// <param name="Answer">What was answered, and how fast.</param>
public sealed partial record WireWords(string Icon, string Tone, string Words, string Answer)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line.</summary>
    public static WireWords Of(SandboxEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var isTaken = entry.AnswerStatus is >= 200 and < 300;
        var answer = $"{(entry.AnswerStatus == 0 ? "no answer" : entry.AnswerStatus)} in {entry.TookMs} ms{(entry.Attempts > 1 ? $", {entry.Attempts} tries" : "")}";
        return entry.Kind switch
        {
            SandboxEntryKind.Inbound => new("arrow-down", isTaken ? "in" : "bad", $"{entry.ContactName}: {Said(entry)}", answer),
            SandboxEntryKind.Status => new(entry.Type == "read" ? "tick2" : "check", isTaken ? "ok" : "bad", $"Status: {entry.Type}", answer),
            SandboxEntryKind.Read => new("tick2", "in", "Omni marked as read", answer),
            SandboxEntryKind.Typing => new("more", "in", "Omni shows that somebody writes", answer),
            _ when isTaken => new("out", "in", $"Omni sent {Said(entry)}", answer),
            _ when entry.MessageId is not null => new("hourglass", "warn", $"Omni sent {Said(entry)}; the answer got lost", answer),
            _ => new("error", "bad", $"Refused: {Said(entry)}", answer),
        };
    }

    /// <summary>What Omni made of it.</summary>
    public static string Made(SandboxLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line switch
        {
            { Omni: { } omni } => (MessageWords.Status(omni.Status) is { Length: > 0 } status ? status : "In the inbox") + (omni.Error is null ? "" : $": {omni.Error}"),
            { Entry: { Kind: SandboxEntryKind.Inbound, AnswerStatus: not 200 } } => "Omni does not have it",
            { Entry.Kind: SandboxEntryKind.Inbound or SandboxEntryKind.Status } => "Applied, or about to be",
            _ => "Nothing to keep",
        };
    }

    /// <summary>A body, laid out when it is JSON.</summary>
    public static string Lay(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return JsonSerializer.Serialize(json.RootElement, Indented);
        }
        catch (JsonException)
        {
            return System.Text.Encoding.UTF8.GetString(body);
        }
    }

    /// <summary>Cuts laid-out JSON into pieces to be coloured: names, texts, numbers, and all else.</summary>
    public static IEnumerable<(char Kind, string Text)> Pieces(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var at = 0;
        foreach (Match match in Token().Matches(json))
        {
            if (match.Index > at)
            {
                yield return (' ', json[at..match.Index]);
            }

            yield return (match.Groups["name"].Success ? 'b' : match.Value[0] == '"' ? 'i' : 'u', match.Value);
            at = match.Index + match.Length;
        }

        yield return (' ', json[at..]);
    }

    private static string Said(SandboxEntry entry) => entry.Type switch
    {
        "text" or "interactive" => $"“{Short(entry.Text)}”",
        "template" => $"the template {entry.Text}",
        "button" => $"button “{Short(entry.Text)}”",
        "reaction" => entry.Text is { Length: > 0 } emoji ? $"reaction {emoji}" : "reaction taken back",
        "edit" => $"edit to “{Short(entry.Text)}”",
        "delete" => "message taken back",
        var type => Preview.Of(type == "voice" ? "audio" : type, Short(entry.Text)),
    };

    private static string Short(string? text) => text is { Length: > 80 } ? text[..80] + "…" : text ?? "";

    [GeneratedRegex("""(?<name>"(?:[^"\\]|\\.)*")(?=:)|"(?:[^"\\]|\\.)*"|(?<=[\s\[])-?[0-9][0-9.eE+-]*""", RegexOptions.None, matchTimeoutMilliseconds: 500)]
    private static partial Regex Token();
}

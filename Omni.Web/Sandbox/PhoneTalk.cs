using System.Text.Json;
using Omni.Core.Common;
using Omni.Core.Sandbox;

namespace Omni.Web.Sandbox;

/// <summary>What the pretend customer's phone shows: only what the platform has, whatever Omni believes.</summary>
/// <param name="Messages">The messages, oldest first.</param>
/// <param name="IsTyping">True while the team was said to write lately.</param>
public sealed record PhoneTalk(IReadOnlyList<PhoneMessage> Messages, bool IsTyping)
{
    /// <summary>How long a typing sign lasts, unless a message comes before.</summary>
    public static readonly TimeSpan TypingLasts = TimeSpan.FromSeconds(25);

    /// <summary>The newest message of the team; null when there is none.</summary>
    public PhoneMessage? LastOfTeam => Messages.LastOrDefault(m => !m.IsOwn);

    /// <summary>The newest message of the customer that can still be changed; null when there is none.</summary>
    public PhoneMessage? LastOwnWords => Messages.LastOrDefault(m => m is { IsOwn: true, Type: "text", IsDeleted: false });

    /// <summary>Draws one customer's talk from what passed.</summary>
    public static PhoneTalk Of(IReadOnlyList<SandboxLine> lines, string? contactId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var own = lines.Where(l => l.Entry.ContactId == contactId && l.Entry.Kind is SandboxEntryKind.Inbound or SandboxEntryKind.Send && l.Entry.MessageId is not null).ToList();
        var seen = SeenUntil(lines, own);
        var messages = new Dictionary<string, PhoneMessage>(StringComparer.Ordinal);
        foreach (var line in own)
        {
            var entry = line.Entry;
            switch (entry.Type)
            {
                case "reaction" when entry.AboutId is { } about && messages.TryGetValue(about, out var reacted):
                    messages[about] = entry.Kind == SandboxEntryKind.Inbound ? reacted with { Reaction = entry.Text } : reacted with { TeamReaction = entry.Text };
                    break;
                case "edit" when entry.AboutId is { } about && messages.TryGetValue(about, out var edited):
                    messages[about] = edited with { Text = entry.Text, IsEdited = true };
                    break;
                case "delete" when entry.AboutId is { } about && messages.TryGetValue(about, out var deleted):
                    messages[about] = deleted with { IsDeleted = true };
                    break;
                case "reaction" or "edit" or "delete":
                    break; // what it was about is no longer in the notes
                default:
                    messages.TryAdd(entry.MessageId!, Message(line, seen));
                    break;
            }

            if (entry is { Type: "button", AboutId: { } pressed } && messages.TryGetValue(pressed, out var asked))
            {
                messages[pressed] = asked with { Choices = [] };
            }
        }

        var shown = messages.Values.OrderBy(m => m.At).ToList();
        var typing = lines.LastOrDefault(l => l.Entry is { Kind: SandboxEntryKind.Typing, AnswerStatus: 200 } && own.Exists(o => o.Entry.MessageId == l.Entry.MessageId))?.Entry.At;
        return new PhoneTalk(shown, typing is { } at && now - at < TypingLasts && !shown.Exists(m => !m.IsOwn && m.At > at));
    }

    private static DateTimeOffset SeenUntil(IReadOnlyList<SandboxLine> lines, List<SandboxLine> own)
    {
        var marks = lines.Where(l => l.Entry is { Kind: SandboxEntryKind.Read or SandboxEntryKind.Typing, AnswerStatus: 200 }).Select(l => l.Entry.MessageId).ToHashSet();
        return own.Where(l => l.Entry.Kind == SandboxEntryKind.Inbound && marks.Contains(l.Entry.MessageId)).Select(l => l.Entry.At).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
    }

    private static PhoneMessage Message(SandboxLine line, DateTimeOffset seenUntil)
    {
        var entry = line.Entry;
        var isOwn = entry.Kind == SandboxEntryKind.Inbound;
        return new PhoneMessage(entry.MessageId!, isOwn, entry.Type, entry.Text, entry.At)
        {
            Tick = !isOwn ? PhoneTick.None : entry.AnswerStatus != 200 ? PhoneTick.Failed : entry.At <= seenUntil ? PhoneTick.Read : PhoneTick.Delivered,
            Choices = entry.Choices is null ? [] : JsonSerializer.Deserialize<List<SandboxChoice>>(entry.Choices, JsonSerializerOptions.Web) ?? [],
            File = line.Omni?.Files is [var file, ..] ? file : null,
        };
    }
}

/// <summary>One bubble on the phone.</summary>
/// <param name="Id">The platform's id.</param>
/// <param name="IsOwn">True when the customer wrote it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Text">The words.</param>
/// <param name="At">When (UTC).</param>
public sealed record PhoneMessage(string Id, bool IsOwn, string Type, string? Text, DateTimeOffset At)
{
    /// <summary>How far the customer's own message got.</summary>
    public PhoneTick Tick { get; init; }

    /// <summary>Buttons that can still be pressed.</summary>
    public IReadOnlyList<SandboxChoice> Choices { get; init; } = [];

    /// <summary>The file, as Omni has it; null until then.</summary>
    public SandboxFile? File { get; init; }

    /// <summary>The customer's reaction; null or empty without one.</summary>
    public string? Reaction { get; init; }

    /// <summary>The team's reaction; null or empty without one.</summary>
    public string? TeamReaction { get; init; }

    /// <summary>True when its words were changed.</summary>
    public bool IsEdited { get; init; }

    /// <summary>True when it was taken back.</summary>
    public bool IsDeleted { get; init; }
}

/// <summary>How far a customer's own message got.</summary>
public enum PhoneTick
{
    /// <summary>It is the team's.</summary>
    None,

    /// <summary>Omni did not take it.</summary>
    Failed,

    /// <summary>Omni has it.</summary>
    Delivered,

    /// <summary>The team has read it.</summary>
    Read,
}

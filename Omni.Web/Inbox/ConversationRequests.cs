using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>Changes to a conversation; what is missing stays as it is.</summary>
public sealed class ConversationChange
{
    private bool _assigneeGiven;

    /// <summary>New state; snoozed needs snoozedUntil.</summary>
    public ConversationStatus? Status { get; init; }

    /// <summary>New person; null for nobody.</summary>
    public Guid? AssigneeId
    {
        get;
        init => (field, _assigneeGiven) = (value, true);
    }

    /// <summary>New priority.</summary>
    public ConversationPriority? Priority { get; init; }

    /// <summary>Ids of all labels it shall have.</summary>
    public IReadOnlyList<Guid>? Labels { get; init; }

    /// <summary>When it comes back; alone it snoozes.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>The change as the use case takes it.</summary>
    internal ConversationPatch ToPatch() => new()
    {
        Status = Status,
        AssigneeId = _assigneeGiven ? AssigneeId ?? Guid.Empty : null,
        Priority = Priority,
        Labels = Labels,
        SnoozedUntil = SnoozedUntil,
    };
}

/// <summary>The same change for several conversations.</summary>
/// <param name="Ids">1 to 200 conversations.</param>
/// <param name="Patch">The change.</param>
public sealed record BulkChange([Required] IReadOnlyList<Guid> Ids, [Required] ConversationChange Patch);

/// <summary>What became of one conversation of a bulk change.</summary>
/// <param name="Id">The conversation.</param>
/// <param name="Changed">Whether the change was carried out.</param>
/// <param name="Message">Why not.</param>
public sealed record BulkOutcome(Guid Id, bool Changed, string? Message);

/// <summary>How far the caller has read.</summary>
/// <param name="Seq">Up to this message; the newest when missing.</param>
/// <param name="Unread">True to make the conversation unread again.</param>
public sealed record ReadMark(int? Seq = null, bool Unread = false);

/// <summary>How far the caller has read now.</summary>
/// <param name="LastReadSeq">The newest read message's seq.</param>
public sealed record ReadState(int LastReadSeq);

/// <summary>That the caller is writing.</summary>
/// <param name="Note">True for a note, which the customer never hears of.</param>
/// <param name="Stopped">True when the caller stopped writing.</param>
public sealed record TypingSign(bool Note = false, bool Stopped = false);

/// <summary>Text that the caller has written and not sent.</summary>
/// <param name="Mode">reply or note.</param>
/// <param name="Text">The text; empty removes the draft.</param>
/// <param name="WrittenAt">When it was written: an older draft never replaces a newer one. Now when missing.</param>
public sealed record DraftJson([Required, RegularExpression("^(reply|note)$", ErrorMessage = "reply or note is expected.")] string Mode,
    [Required(AllowEmptyStrings = true), MaxLength(50_000, ErrorMessage = "A draft has at most 50,000 characters.")] string Text, DateTimeOffset? WrittenAt = null);

/// <summary>A reply or note to send.</summary>
public sealed class NewMessage
{
    /// <summary>The sender's own id: a repeat with the same one answers the first result.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>reply (default) or note.</summary>
    [RegularExpression("^(reply|note)$", ErrorMessage = "reply or note is expected.")]
    public string Kind { get; init; } = "reply";

    /// <summary>The words, or the caption of the first file.</summary>
    public string? Text { get; init; }

    /// <summary>Ids of uploaded files, at most 10.</summary>
    [MaxLength(10, ErrorMessage = "At most 10 files go with one message.")]
    public IReadOnlyList<Guid> Attachments { get; init; } = [];

    /// <summary>The message that is answered.</summary>
    public Guid? ReplyToId { get; init; }

    /// <summary>An approved template instead of free text.</summary>
    public TemplateUse? Template { get; init; }

    /// <summary>Buttons or a list.</summary>
    public JsonObject? Interactive { get; init; }

    /// <summary>The conversation's version that the sender has seen; a newer one answers 409 with what came meanwhile.</summary>
    public long? IfVersion { get; init; }

    /// <summary>Members who are named in a note and told of it.</summary>
    [MaxLength(ReplyDraft.MaxMentions, ErrorMessage = "At most 20 people can be named in one note.")]
    public IReadOnlyList<Guid> Mentions { get; init; } = [];

    /// <summary>Not before this time: undo and send later.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>Sending a message again.</summary>
/// <param name="Confirm">True to send it although it may have been sent already.</param>
public sealed record RetryRequest(bool Confirm = false);

/// <summary>A reaction.</summary>
/// <param name="Emoji">One emoji.</param>
public sealed record ReactionRequest([Required(ErrorMessage = "One emoji is expected.")] string Emoji);

using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Core.Inbox;

/// <summary>What a person or program wants to say in a conversation.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="ClientId">The sender's own id; a repeat answers the first result.</param>
public sealed record ReplyDraft(Guid ConversationId, Guid ClientId)
{
    /// <summary>True for a note, which only the team sees.</summary>
    public bool Note { get; init; }

    /// <summary>The words, or the caption of the first file.</summary>
    public string? Text { get; init; }

    /// <summary>Uploaded files. More than the platform takes in one message become several messages.</summary>
    public IReadOnlyList<Guid> Attachments { get; init; } = [];

    /// <summary>The message that is answered.</summary>
    public Guid? ReplyToId { get; init; }

    /// <summary>A template instead of free text; allowed outside the reply window.</summary>
    public TemplateUse? Template { get; init; }

    /// <summary>Buttons or a list.</summary>
    public JsonObject? Interactive { get; init; }

    /// <summary>The conversation's version the sender has seen; a newer one refuses with what came meanwhile. Null to send anyway.</summary>
    public long? IfVersion { get; init; }

    /// <summary>What makes the message.</summary>
    public MessageSource Source { get; init; } = MessageSource.Person;

    /// <summary>Colleagues who are named in a note and told of it, at most <see cref="MaxMentions"/>.</summary>
    public IReadOnlyList<Guid> Mentions { get; init; } = [];

    /// <summary>Most people one note can name.</summary>
    public const int MaxMentions = 20;

    /// <summary>Not before (UTC): undo and send later. Null for now.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>What became of a reply.</summary>
/// <param name="Messages">The messages it became, in order; more than one when files had to be split.</param>
/// <param name="ConversationVersion">The conversation's version now.</param>
/// <param name="Repeated">True when the client id was known and the first result is answered.</param>
public sealed record ReplyResult(IReadOnlyList<Guid> Messages, long ConversationVersion, bool Repeated);

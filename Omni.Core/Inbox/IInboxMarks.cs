using Omni.Core.Identity;

namespace Omni.Core.Inbox;

/// <summary>A person's own marks on conversations: how far they read, and what they have written and not sent.</summary>
public interface IInboxMarks
{
    /// <summary>Moves the person's read pointer; never backwards unless <paramref name="backwards"/>.</summary>
    /// <returns>The pointer now, or null when the conversation does not exist.</returns>
    Task<int?> ReadAsync(Actor actor, Guid conversationId, int seq, bool backwards, CancellationToken ct);

    /// <summary>Saves a draft, or removes it when the text is empty; an older one never overwrites a newer one.</summary>
    /// <returns>False when the conversation does not exist.</returns>
    Task<bool> SaveDraftAsync(Actor actor, Guid conversationId, string mode, string text, DateTimeOffset writtenAt, CancellationToken ct);

    /// <summary>The person's drafts of one conversation by mode (<c>reply</c>, <c>note</c>).</summary>
    Task<IReadOnlyDictionary<string, Draft>> DraftsAsync(Actor actor, Guid conversationId, CancellationToken ct);
}

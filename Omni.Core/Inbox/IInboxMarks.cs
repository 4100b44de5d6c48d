using Omni.Core.Identity;

namespace Omni.Core.Inbox;

/// <summary>A person's own marks on conversations: how far they read, and what they have written and not sent.</summary>
public interface IInboxMarks
{
    /// <summary>Moves the person's read pointer; never backwards unless <paramref name="backwards"/>.</summary>
    /// <returns>The pointer now, or null when the conversation does not exist.</returns>
    Task<int?> ReadAsync(Actor actor, Guid conversationId, int seq, bool backwards, CancellationToken ct);

    /// <summary>Says until when the person has the conversation on a visible page: what they see needs no push to another device.</summary>
    /// <param name="actor">Who looks.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="until">Until when at least (UTC); null when the page was closed or hidden.</param>
    /// <param name="ct">Stops waiting.</param>
    Task ViewAsync(Actor actor, Guid conversationId, DateTimeOffset? until, CancellationToken ct);

    /// <summary>Saves a draft, or removes it when the text is empty; an older one never overwrites a newer one.</summary>
    /// <returns>False when the conversation does not exist.</returns>
    Task<bool> SaveDraftAsync(Actor actor, Guid conversationId, string mode, string text, DateTimeOffset writtenAt, CancellationToken ct);

    /// <summary>The person's drafts of one conversation by mode (<c>reply</c>, <c>note</c>).</summary>
    Task<IReadOnlyDictionary<string, Draft>> DraftsAsync(Actor actor, Guid conversationId, CancellationToken ct);
}

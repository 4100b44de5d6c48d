using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Inbox;

/// <summary>Reads the inbox: bounded, keyset-paged, one round trip each. Hand-written SQL behind it, as these are the pages everybody looks at all day.</summary>
public interface IInboxReader
{
    /// <summary>One page of conversations.</summary>
    /// <returns>The page, or a refusal when the cursor is not one of ours.</returns>
    Task<Result<Page<ConversationItem>>> ListAsync(Actor actor, ConversationQuery query, CancellationToken ct);

    /// <summary>One conversation with the reader's own marks.</summary>
    Task<Result<ConversationItem>> FindAsync(Actor actor, Guid conversationId, CancellationToken ct);

    /// <summary>Several conversations of one organization as shared rows; those that do not exist are left out.</summary>
    Task<IReadOnlyList<ConversationRow>> RowsAsync(Guid organizationId, IReadOnlyCollection<Guid> ids, CancellationToken ct);

    /// <summary>How many conversations each view has.</summary>
    Task<InboxCounts> CountsAsync(Actor actor, CancellationToken ct);

    /// <summary>One page of messages. Without <paramref name="before"/> and <paramref name="after"/> the newest; ordered by (position, seq) descending, with <paramref name="after"/> ascending.</summary>
    /// <param name="actor">Who reads.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="before">Cursor: only older ones.</param>
    /// <param name="after">Cursor: only newer ones.</param>
    /// <param name="limit">Rows, 1–200.</param>
    /// <param name="ct">Stops waiting.</param>
    Task<Result<Page<MessageView>>> MessagesAsync(Actor actor, Guid conversationId, string? before, string? after, int limit, CancellationToken ct);

    /// <summary>Some messages of one conversation by id, for live changes; those that do not exist are left out.</summary>
    Task<IReadOnlyList<MessageView>> MessagesAsync(Guid organizationId, IReadOnlyCollection<Guid> ids, CancellationToken ct);

    /// <summary>Messages whose words match, newest first.</summary>
    /// <param name="actor">Who searches.</param>
    /// <param name="words">As typed: words, "phrases", -without.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">Rows, 1–200.</param>
    /// <param name="ct">Stops waiting.</param>
    Task<Result<Page<MessageView>>> SearchAsync(Actor actor, string words, string? cursor, int limit, CancellationToken ct);
}

/// <summary>Carries changes of conversations to circuits: each changed conversation is read once per node, however many watch.</summary>
public interface IInboxLive
{
    /// <summary>Watches an organization's inbox. The first change is told at once, further ones of the same conversation at most every 100 ms.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="handler">Called with the changed rows, one call at a time; called with an empty list when everything must be read again (a gap).</param>
    /// <returns>Dispose to stop.</returns>
    IDisposable Watch(Guid organizationId, Func<IReadOnlyList<ConversationRow>, ValueTask> handler);

    /// <summary>Watches the messages of one conversation.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="handler">Called with new and changed messages, one call at a time; with an empty list when everything must be read again.</param>
    /// <returns>Dispose to stop.</returns>
    IDisposable WatchMessages(Guid organizationId, Guid conversationId, Func<IReadOnlyList<MessageView>, ValueTask> handler);
}

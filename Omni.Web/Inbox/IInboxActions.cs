using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox;

/// <summary>What a person does to conversations from the page.</summary>
public interface IInboxActions
{
    /// <summary>Changes one conversation.</summary>
    Task<Result<long>> PatchAsync(Actor actor, Guid id, ConversationPatch patch, CancellationToken ct);

    /// <summary>Changes several; each id with the reason when it was refused.</summary>
    Task<Result<IReadOnlyDictionary<Guid, string?>>> PatchManyAsync(Actor actor, IReadOnlyList<Guid> ids, ConversationPatch patch, CancellationToken ct);

    /// <summary>Sends a failed message again.</summary>
    Task<Result<Guid>> RetryAsync(Actor actor, Guid messageId, bool evenIfUnknown, CancellationToken ct);
}

/// <inheritdoc/>
internal sealed class InboxActions(ConversationService conversations, ReplyService replies) : IInboxActions
{
    public Task<Result<long>> PatchAsync(Actor actor, Guid id, ConversationPatch patch, CancellationToken ct) =>
        conversations.PatchAsync(actor, id, patch, ct);

    public Task<Result<IReadOnlyDictionary<Guid, string?>>> PatchManyAsync(Actor actor, IReadOnlyList<Guid> ids, ConversationPatch patch, CancellationToken ct) =>
        conversations.PatchManyAsync(actor, ids, patch, ct);

    public Task<Result<Guid>> RetryAsync(Actor actor, Guid messageId, bool evenIfUnknown, CancellationToken ct) =>
        replies.RetryAsync(actor, messageId, evenIfUnknown, ct);
}

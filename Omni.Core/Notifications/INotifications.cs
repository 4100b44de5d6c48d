using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Notifications;

/// <summary>A person's notifications in one organization.</summary>
public interface INotifications
{
    /// <summary>Counting stops here.</summary>
    const int MostCounted = 100;

    /// <summary>Notifications marked read in one call at most.</summary>
    const int MostMarked = 200;

    /// <summary>One page, newest first.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="unreadOnly">Only what was not seen.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">Rows, 1–200.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The page, or a refusal when the cursor is not one of ours.</returns>
    Task<Result<Page<NotificationView>>> ListAsync(Actor actor, bool unreadOnly, string? cursor, int limit, CancellationToken ct);

    /// <summary>How many are unread; at most <see cref="MostCounted"/>.</summary>
    Task<int> CountAsync(Actor actor, CancellationToken ct);

    /// <summary>Marks some as read, or all. Ids that are not the person's change nothing.</summary>
    /// <returns>How many are unread now, or a refusal when too many ids were named.</returns>
    Task<Result<int>> ReadAsync(Actor actor, IReadOnlyCollection<Guid>? ids, CancellationToken ct);

    /// <summary>Sends the person a notification by every way that is on, quiet hours or not.</summary>
    /// <returns>To how many devices it goes besides the page.</returns>
    Task<Result<int>> TestAsync(Actor actor, CancellationToken ct);
}

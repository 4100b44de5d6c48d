using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Notifications;

namespace Omni.Tests.Inbox;

/// <summary>Nobody is told anything: for pages whose bell is not looked at.</summary>
internal sealed class NoNotifications : INotifications
{
    public Task<Result<Page<NotificationView>>> ListAsync(Actor actor, bool unreadOnly, string? cursor, int limit, CancellationToken ct) =>
        Task.FromResult((Result<Page<NotificationView>>)new Page<NotificationView>([], null, limit));

    public Task<int> CountAsync(Actor actor, CancellationToken ct) => Task.FromResult(0);

    public Task<Result<int>> ReadAsync(Actor actor, IReadOnlyCollection<Guid>? ids, CancellationToken ct) => Task.FromResult((Result<int>)0);

    public Task<Result<int>> TestAsync(Actor actor, CancellationToken ct) => Task.FromResult((Result<int>)0);
}

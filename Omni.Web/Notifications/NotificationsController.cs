using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Web.Shared.Api;

namespace Omni.Web.Notifications;

/// <summary>What the caller was told.</summary>
[Route("api/v1/notifications"), Tags("notifications")]
public sealed class NotificationsController(INotifications notifications) : OmniController
{
    private const string MayRead = "notifications:read";
    private const string MayWrite = "notifications:write";

    /// <summary>Lists the caller's notifications, newest first.</summary>
    /// <param name="unread">True for only what was not seen.</param>
    /// <param name="cursor">A nextCursor of this list.</param>
    /// <param name="limit">Rows of a page, 1–200; 50 when missing.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    [ProducesResponseType<ListAnswer<NotificationJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> List(bool? unread, string? cursor, int? limit, CancellationToken ct) => RunAsync(
        async actor => (await notifications.ListAsync(actor, unread == true, cursor, Cursor.Limit(limit), ct)).Succeeded(out var page, out var refusal)
            ? (Result<Page<NotificationJson>>)page.Select(NotificationJson.Of) : refusal,
        scope: MayRead);

    /// <summary>How many are unread; at most 100.</summary>
    [HttpGet("count")]
    [ProducesResponseType<Answer<UnreadCount>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Count(CancellationToken ct) => RunAsync<UnreadCount>(async actor => new UnreadCount(await notifications.CountAsync(actor, ct)), scope: MayRead);

    /// <summary>Marks some as read, or all.</summary>
    [HttpPost("read")]
    [ProducesResponseType<Answer<UnreadCount>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Read(ReadNotifications read, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(read);
        return RunAsync(
            async actor => !read.All && read.Ids is not { Count: > 0 }
                ? new Refusal.Invalid("ids", "The ids of notifications are expected, or all: true.")
                : await notifications.ReadAsync(actor, read.All ? null : read.Ids, ct),
            left => new UnreadCount(left),
            scope: MayWrite);
    }

    /// <summary>Sends the caller a notification by every way that is on.</summary>
    [HttpPost("test")]
    [ProducesResponseType<Answer<TestSent>>(StatusCodes.Status200OK)]
    public Task<IActionResult> Test(CancellationToken ct) => RunAsync(actor => notifications.TestAsync(actor, ct), devices => new TestSent(devices), scope: MayWrite);
}

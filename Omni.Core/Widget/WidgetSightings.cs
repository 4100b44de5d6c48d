using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Widget;

/// <summary>Where a website chat was opened last, so that its owner sees whether the snippet stands where it should.</summary>
public sealed class WidgetSightings(IOmniDbFactory dbs)
{
    /// <summary>The newest sighting of a chat of the actor's organization; null while nobody has opened it.</summary>
    public async Task<WidgetSighting?> FindAsync(Actor actor, Guid channelId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var newest = await db.Set<WidgetVisitor>().AsNoTracking().Where(v => v.ChannelId == channelId && v.PageUrl != null)
            .OrderByDescending(v => v.LastSeenAt).Select(v => new { v.PageUrl, v.LastSeenAt }).FirstOrDefaultAsync(ct);
        return newest is not null && Uri.TryCreate(newest.PageUrl, UriKind.Absolute, out var page) ? new WidgetSighting(page.GetLeftPart(UriPartial.Authority), newest.LastSeenAt) : null;
    }
}

/// <summary>Where and when somebody had a chat open.</summary>
/// <param name="Origin">The site.</param>
/// <param name="At">When (UTC), at most a minute old while a page is open.</param>
public sealed record WidgetSighting(string Origin, DateTimeOffset At);

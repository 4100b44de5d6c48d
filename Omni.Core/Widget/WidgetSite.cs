using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Widget;

/// <summary>A website chat as its pages need it.</summary>
/// <param name="Route">Organization, channel and site key.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="OrganizationName">Name of the organization.</param>
/// <param name="LogoUrl">Its logo; null without one.</param>
/// <param name="TimeZone">Its IANA time zone.</param>
public sealed record WidgetSite(ChannelRoute Route, WidgetSettings Settings, string OrganizationName, string? LogoUrl, string TimeZone)
{
    /// <summary>The organization.</summary>
    public Guid OrganizationId => Route.OrganizationId;

    /// <summary>The channel.</summary>
    public Guid ChannelId => Route.ChannelId;

    /// <summary>The public key.</summary>
    public string SiteKey => Route.ExternalAccountId;
}

/// <summary>Finds website chats by their key, with a memory of a few seconds.</summary>
public sealed class WidgetSites(IRouteLookup routes, IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>How old an answer may be: changed settings are seen after that.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(3);

    private const int MostKept = 5_000;

    private readonly ConcurrentDictionary<string, (WidgetSite? Site, DateTimeOffset At)> _kept = new(StringComparer.Ordinal);

    /// <summary>The chat of a key.</summary>
    /// <returns>Null when there is none, it was switched off or disconnected, or its organization is suspended.</returns>
    public async ValueTask<WidgetSite?> FindAsync(string? siteKey, CancellationToken ct)
    {
        if (!WidgetKeys.IsSiteKey(siteKey) || await routes.FindAsync(ChannelKind.Widget, siteKey!, "", ct) is not { } route)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        if (_kept.TryGetValue(siteKey!, out var kept) && now - kept.At < MaxAge)
        {
            return kept.Site;
        }

        if (_kept.Count > MostKept)
        {
            _kept.Clear();
        }

        var site = await ReadAsync(route, ct);
        _kept[siteKey!] = (site, now);
        return site;
    }

    private async Task<WidgetSite?> ReadAsync(ChannelRoute route, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(route.OrganizationId, ct);
        var found = await db.Channels.AsNoTracking()
            .Where(c => c.Id == route.ChannelId && c.DeletedAt == null && c.Status != ChannelStatus.Disabled)
            .Join(db.Organizations.Where(o => o.Status == OrganizationStatus.Active), c => c.OrganizationId, o => o.Id, (c, o) => new { c.Settings, o.Name, o.LogoUrl, o.TimeZone })
            .SingleOrDefaultAsync(ct);
        return found is null ? null : new WidgetSite(route, WidgetSettings.Stored(found.Settings), found.Name, found.LogoUrl, found.TimeZone);
    }
}

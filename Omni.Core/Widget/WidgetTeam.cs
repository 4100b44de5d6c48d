using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Widget;

/// <summary>Tells visitors whether the team is there.</summary>
public sealed class WidgetTeam(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    /// <summary>Somebody whose session was not used for longer is not there.</summary>
    public static readonly TimeSpan PresentFor = TimeSpan.FromMinutes(10);

    private const int MostShown = 3;
    private const int MostKept = 1_000;

    private readonly ConcurrentDictionary<Guid, (IReadOnlyList<WidgetMember> Members, DateTimeOffset At)> _kept = new();

    /// <summary>The team of a chat: online within its hours, or, when it has none, while somebody who takes conversations is signed in.</summary>
    public async Task<WidgetTeamView> ReadAsync(WidgetSite site, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        var (now, settings) = (clock.GetUtcNow(), site.Settings);
        var members = await MembersAsync(site.OrganizationId, now, ct);
        var hours = new WidgetHours(settings.Hours, WidgetHours.Zone(site.TimeZone));
        var online = settings.Hours.Count > 0 ? hours.IsOpen(now) : members.Any(m => m.IsHere);
        return new WidgetTeamView(
            new WidgetTeamState(online, settings.ReplyTime, online ? null : hours.NextOpening(now)),
            [.. members.OrderByDescending(m => m.IsHere).Take(MostShown).Select(m => new WidgetAuthor(m.UserId, m.Name, m.AvatarUrl))]);
    }

    private async Task<IReadOnlyList<WidgetMember>> MembersAsync(Guid organizationId, DateTimeOffset now, CancellationToken ct)
    {
        if (_kept.TryGetValue(organizationId, out var kept) && now - kept.At < MaxAge)
        {
            return kept.Members;
        }

        if (_kept.Count > MostKept)
        {
            _kept.Clear();
        }

        var since = now - PresentFor;
        await using var db = await dbs.OpenGlobalAsync(ct);
        var members = await db.Memberships.Where(m => m.OrganizationId == organizationId && m.Role != MemberRole.Viewer)
            .Join(db.Users, m => m.UserId, u => u.Id, (m, u) => new { m, u })
            .OrderBy(x => x.m.JoinedAt)
            .Select(x => new WidgetMember(
                x.u.Id, x.u.DisplayName, x.u.AvatarUrl,
                x.m.Availability == Availability.Available
                    && db.Set<Session>().Any(s => s.UserId == x.u.Id && s.OrganizationId == organizationId && s.Kind != SessionKind.PersonalToken && s.RevokedAt == null && s.LastSeenAt > since)))
            .Take(200).ToListAsync(ct);
        _kept[organizationId] = (members, now);
        return members;
    }

    private sealed record WidgetMember(Guid UserId, string Name, string? AvatarUrl, bool IsHere);
}

/// <summary>Whether the team is there.</summary>
/// <param name="Online">True when it is.</param>
/// <param name="ReplyTime">How soon it usually answers; null says nothing.</param>
/// <param name="BackAt">When it is there again (UTC); null when it is, or nobody knows.</param>
public sealed record WidgetTeamState(bool Online, WidgetReplyTime? ReplyTime, DateTimeOffset? BackAt);

/// <summary>The team as visitors see it.</summary>
/// <param name="State">Whether it is there.</param>
/// <param name="Members">Some of its people.</param>
public sealed record WidgetTeamView(WidgetTeamState State, IReadOnlyList<WidgetAuthor> Members);

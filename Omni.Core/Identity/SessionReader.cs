using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>Reads sessions, with a memory of three seconds: what changed elsewhere is seen within that time, what changed here at once.</summary>
public sealed class SessionReader(IOmniDbFactory dbs, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(1);
    private const int MostRemembered = 20_000;

    private readonly ConcurrentDictionary<Guid, (DateTimeOffset At, SessionState State)> _known = new();

    /// <summary>The session of this id; null when there never was one.</summary>
    public async ValueTask<SessionState?> ReadAsync(Guid sessionId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(sessionId, out var known) && now - known.At < Memory)
        {
            return known.State.ExpiresAt <= now && known.State.EndedBy is null ? known.State with { EndedBy = SessionEnd.Expired } : known.State;
        }

        var state = (await ReadFreshAsync([sessionId], ct)).GetValueOrDefault(sessionId);
        if (state is { EndedBy: null } && now - state.LastSeenAt > SeenStep)
        {
            await TouchAsync(state, now, ct);
        }

        return state;
    }

    /// <summary>Reads sessions from the database in one go, past the memory.</summary>
    public async Task<IReadOnlyDictionary<Guid, SessionState>> ReadFreshAsync(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenGlobalAsync(ct);
        // One row per session and place; a person without a place has one row with none.
        var rows = await (
            from session in db.Set<Session>()
            join user in db.Users on session.UserId equals user.Id
            join token in db.Set<ApiToken>() on session.Id equals token.SessionId into tokens
            from token in tokens.DefaultIfEmpty()
            join membership in db.Memberships on session.UserId equals membership.UserId into memberships
            from membership in memberships.DefaultIfEmpty()
            join organization in db.Organizations on membership.OrganizationId equals organization.Id into organizations
            from organization in organizations.DefaultIfEmpty()
            where sessionIds.Contains(session.Id)
            select new
            {
                Session = session,
                user.DisplayName,
                user.IsInstallationAdministrator,
                Scopes = token == null ? null : token.Scopes,
                Place = membership == null ? null : new Place(membership.OrganizationId, organization!.Name, membership.Role, organization.Status),
            }).AsNoTracking().ToListAsync(ct);

        var states = rows.GroupBy(r => r.Session.Id).ToDictionary(g => g.Key, g =>
        {
            var first = g.First();
            return new SessionState
            {
                SessionId = g.Key,
                UserId = first.Session.UserId,
                Kind = first.Session.Kind,
                DisplayName = first.DisplayName,
                IsInstallationAdministrator = first.IsInstallationAdministrator,
                OrganizationId = first.Session.OrganizationId,
                Scopes = first.Scopes?.ToHashSet(StringComparer.Ordinal),
                ExpiresAt = first.Session.ExpiresAt,
                LastSeenAt = first.Session.LastSeenAt,
                EndedBy = first.Session.RevokedAt is not null ? first.Session.EndedBy ?? SessionEnd.Revoked
                    : first.Session.ExpiresAt <= now ? SessionEnd.Expired : null,
                Places = [.. g.Select(r => r.Place).OfType<Place>().OrderBy(p => p.OrganizationId)],
            };
        });
        Remember(states, now);
        return states;
    }

    /// <summary>Forgets what is known of a person's sessions: something about them changed.</summary>
    public void Forget(Guid userId)
    {
        foreach (var (id, known) in _known)
        {
            if (known.State.UserId == userId)
            {
                _known.TryRemove(id, out _);
            }
        }
    }

    private void Remember(Dictionary<Guid, SessionState> states, DateTimeOffset now)
    {
        if (_known.Count > MostRemembered)
        {
            _known.Clear();
        }

        foreach (var (id, state) in states)
        {
            _known[id] = (now, state);
        }
    }

    private async Task TouchAsync(SessionState state, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        var row = db.Set<Session>().Where(s => s.Id == state.SessionId && s.RevokedAt == null);
        await (state.Kind == SessionKind.Browser
            ? row.ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, now).SetProperty(x => x.ExpiresAt, now + Session.Lifetime(SessionKind.Browser)), ct)
            : row.ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, now), ct));
        await db.CommitAsync(ct);
    }
}

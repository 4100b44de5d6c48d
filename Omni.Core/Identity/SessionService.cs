using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>Begins, continues and ends sessions.</summary>
public sealed class SessionService(IOmniDbFactory dbs, SessionHints hints, TimeProvider clock)
{
    /// <summary>Begins a session for a person who proved who they are.</summary>
    /// <param name="userId">The person.</param>
    /// <param name="kind">Browser or program.</param>
    /// <param name="how">How they proved it, for the audit log: <c>password</c>, <c>google</c>.</param>
    /// <param name="caller">From where.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The session, in the organization used last; a refusal when every organization of the person is suspended.</returns>
    public async Task<Result<OpenedSession>> OpenAsync(Guid userId, SessionKind kind, string how, Caller caller, CancellationToken ct)
    {
        if (!(await ChoosePlaceAsync(userId, ct)).Succeeded(out var place, out var refusal))
        {
            return refusal;
        }

        await using var db = await (place.OrganizationId is { } id ? dbs.OpenAsync(id, ct) : dbs.OpenGlobalAsync(ct));
        var opened = Open(db, userId, place.OrganizationId, place.Role, kind, how, caller);
        await db.CommitAsync(ct);
        return opened;
    }

    /// <summary>Adds a session to a unit of work (of the organization, when there is one), with its audit entry.</summary>
    internal OpenedSession Open(IOmniDb db, Guid userId, Guid? organizationId, MemberRole role, SessionKind kind, string how, Caller caller)
    {
        var now = clock.GetUtcNow();
        var session = new Session
        {
            UserId = userId,
            Kind = kind,
            OrganizationId = organizationId,
            Device = caller.Device,
            Address = caller.AddressText,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now + Session.Lifetime(kind),
        };
        db.Set<Session>().Add(session);
        IssuedTokens? tokens = null;
        if (kind == SessionKind.Api)
        {
            tokens = new IssuedTokens(Tokens.New(Tokens.Access), Tokens.New(Tokens.Refresh), TokenPair.AccessLifetime);
            db.Set<TokenPair>().Add(PairOf(session.Id, tokens, now));
        }

        if (organizationId is { } id)
        {
            db.Record(new Actor(userId, id, role, session.Id) { Address = caller.AddressText }, "session.started", $"session:{session.Id}", now, new { how });
        }

        return new OpenedSession(session.Id, userId, organizationId, session.ExpiresAt, tokens);
    }

    /// <summary>Exchanges a refresh token. The same token sent again within <see cref="TokenPair.RepeatWindow"/> gets the same pair again, for callers that sent it twice at once or lost the answer; later, or after that pair was used, the whole session is ended: somebody has a copy.</summary>
    public async Task<Result<OpenedSession>> RefreshAsync(string? refreshToken, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenGlobalAsync(ct);
        var hash = Tokens.Hash(refreshToken ?? "");
        var found = await (from p in db.Set<TokenPair>().AsNoTracking() join s in db.Set<Session>().AsNoTracking() on p.SessionId equals s.Id where p.RefreshHash == hash select new { p, s })
            .SingleOrDefaultAsync(ct);
        if (refreshToken is null || found is not { p: var pair, s: var session })
        {
            return new Refusal.Unauthenticated("This refresh token was never issued. Sign in again.") { Code = ErrorCode.TokenInvalid };
        }

        if (session.RevokedAt is not null || pair.ExpiresAt <= now)
        {
            return SessionState.Refuse(session.EndedBy ?? SessionEnd.Expired);
        }

        var salt = RandomNumberGenerator.GetBytes(32);
        var first = await db.Set<TokenPair>().Where(p => p.Id == pair.Id && p.UsedAt == null)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.UsedAt, now).SetProperty(x => x.Salt, salt), ct) == 1;
        if (!first)
        {
            pair = await db.Set<TokenPair>().AsNoTracking().SingleAsync(p => p.Id == pair.Id, ct);
            if (pair.Salt is null || now - pair.UsedAt > TokenPair.RepeatWindow)
            {
                await EndAsync(db, session, SessionEnd.TokenReused, ct);
                return SessionState.Refuse(SessionEnd.TokenReused);
            }

            salt = pair.Salt;
        }

        var next = new IssuedTokens(Tokens.Next(Tokens.Access, refreshToken, salt), Tokens.Next(Tokens.Refresh, refreshToken, salt), TokenPair.AccessLifetime);
        if (first)
        {
            db.Set<TokenPair>().Add(PairOf(session.Id, next, now));
            await db.Set<TokenPair>().Where(p => p.SessionId == session.Id && p.Id != pair.Id && p.Salt != null)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.Salt, (byte[]?)null), ct);
            await db.Set<Session>().Where(s => s.Id == session.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.ExpiresAt, now + TokenPair.RefreshLifetime).SetProperty(x => x.LastSeenAt, now), ct);
            await db.CommitAsync(ct);
        }

        return new OpenedSession(session.Id, session.UserId, session.OrganizationId, now + TokenPair.RefreshLifetime, next);
    }

    /// <summary>The sessions of the person that still count, newest use first; personal tokens are listed apart.</summary>
    public async Task<Result<IReadOnlyList<Session>>> ListAsync(SessionState me, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Set<Session>().AsNoTracking()
            .Where(s => s.UserId == me.UserId && s.RevokedAt == null && s.ExpiresAt > now && s.Kind != SessionKind.PersonalToken)
            .OrderByDescending(s => s.LastSeenAt).ToListAsync(ct);
    }

    /// <summary>Ends one session of the person.</summary>
    public async Task<Result<Done>> EndAsync(SessionState me, Guid sessionId, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        var session = await db.Set<Session>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == sessionId && s.UserId == me.UserId, ct);
        if (session is null)
        {
            return new Refusal.NotFound("The session");
        }

        await EndAsync(db, session, sessionId == me.SessionId ? SessionEnd.SignedOut : SessionEnd.Revoked, ct);
        return new Done();
    }

    /// <summary>Ends all sessions of the person but the present one; personal tokens stay.</summary>
    public async Task<Result<Done>> EndOthersAsync(SessionState me, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(me);
        await EndAllAsync(me.UserId, SessionEnd.Revoked, sessions => sessions.Where(s => s.Id != me.SessionId && s.Kind != SessionKind.PersonalToken), ct);
        return new Done();
    }

    /// <summary>Ends the sessions of a person that <paramref name="which"/> names, and tells every node.</summary>
    internal async Task EndAllAsync(Guid userId, SessionEnd end, Func<IQueryable<Session>, IQueryable<Session>> which, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenGlobalAsync(ct);
        var open = which(db.Set<Session>().Where(s => s.UserId == userId && s.RevokedAt == null));
        var organizations = await open.Where(s => s.OrganizationId != null).Select(s => s.OrganizationId!.Value).Distinct().ToListAsync(ct);
        await open.ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now).SetProperty(x => x.EndedBy, end), ct);
        // Circuits keep the organization they were opened in, so the other organizations of the person are told as well.
        var places = await db.Memberships.Where(m => m.UserId == userId).Select(m => m.OrganizationId).ToListAsync(ct);
        await db.CommitAsync(ct);
        hints.Changed(userId, organizations.Concat(places));
    }

    /// <summary>Lets the session work in another organization of the person from now on. Open circuits keep theirs.</summary>
    public async Task<Result<Done>> SwitchAsync(SessionState me, Guid organizationId, CancellationToken ct)
    {
        if (!me.ActIn(organizationId).Succeeded(out var actor, out var refusal))
        {
            return refusal;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        await db.Set<Session>().Where(s => s.Id == actor.SessionId && s.Kind != SessionKind.PersonalToken)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.OrganizationId, organizationId), ct);
        await db.CommitAsync(ct);
        hints.Changed(me.UserId, []);
        return new Done();
    }

    private async Task EndAsync(IOmniDb db, Session session, SessionEnd end, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.Set<Session>().Where(s => s.Id == session.Id && s.RevokedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now).SetProperty(x => x.EndedBy, end), ct);
        var places = await db.Memberships.Where(m => m.UserId == session.UserId).Select(m => m.OrganizationId).ToListAsync(ct);
        await db.CommitAsync(ct);
        hints.Changed(session.UserId, places);
        if (session.OrganizationId is { } id)
        {
            await using var log = await dbs.OpenAsync(id, ct);
            log.Record(new Actor(session.UserId, id, MemberRole.Viewer, session.Id), "session.ended", $"session:{session.Id}", now, new { reason = Names.Of(end) });
            await log.CommitAsync(ct);
        }
    }

    private async Task<Result<(Guid? OrganizationId, MemberRole Role)>> ChoosePlaceAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        var places = await (from m in db.Memberships join o in db.Organizations on m.OrganizationId equals o.Id where m.UserId == userId orderby m.JoinedAt select new Place(o.Id, o.Name, m.Role, o.Status))
            .ToListAsync(ct);
        var active = places.Where(p => p.Status == OrganizationStatus.Active).ToList();
        if (active.Count == 0)
        {
            return places.Count > 0 ? SessionState.Suspended(places[0].Name) : ((Guid?)null, MemberRole.Viewer);
        }

        var last = await db.Set<Session>().Where(s => s.UserId == userId && s.OrganizationId != null && s.Kind != SessionKind.PersonalToken)
            .OrderByDescending(s => s.LastSeenAt).Select(s => s.OrganizationId).FirstOrDefaultAsync(ct);
        var place = active.FirstOrDefault(p => p.OrganizationId == last) ?? active[0];
        return (place.OrganizationId, place.Role);
    }

    private static TokenPair PairOf(Guid sessionId, IssuedTokens tokens, DateTimeOffset now) => new()
    {
        SessionId = sessionId,
        AccessHash = Tokens.Hash(tokens.AccessToken),
        AccessExpiresAt = now + TokenPair.AccessLifetime,
        RefreshHash = Tokens.Hash(tokens.RefreshToken),
        ExpiresAt = now + TokenPair.RefreshLifetime,
    };
}

/// <summary>A session that just began or went on.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="UserId">The person.</param>
/// <param name="OrganizationId">The organization it works in; null for a person without one.</param>
/// <param name="ExpiresAt">When it ends by itself (UTC).</param>
/// <param name="Tokens">Tokens of a program's session; null for a browser's.</param>
public sealed record OpenedSession(Guid SessionId, Guid UserId, Guid? OrganizationId, DateTimeOffset ExpiresAt, IssuedTokens? Tokens);

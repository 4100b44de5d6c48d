using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Operations;

namespace Omni.Core.Identity;

/// <summary>Personal API tokens: made by a person for one organization, with chosen scopes.</summary>
public sealed class ApiTokenService(IOmniDbFactory dbs, SessionHints hints, TimeProvider clock)
{
    /// <summary>Longest life of a token.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(400);

    /// <summary>The person's tokens in the actor's organization that still count, newest first.</summary>
    public async Task<Result<IReadOnlyList<ApiTokenView>>> ListAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var rows = await (
            from token in db.Set<ApiToken>().AsNoTracking()
            join session in db.Set<Session>().AsNoTracking() on token.SessionId equals session.Id
            where session.UserId == actor.UserId && session.OrganizationId == actor.OrganizationId && session.RevokedAt == null
            orderby session.CreatedAt descending
            select new { token, session }).ToListAsync(ct);
        return rows.Select(r => new ApiTokenView(
            r.token.Id, r.token.Name, r.token.Scopes, r.token.LastFour, r.session.CreatedAt, r.session.ExpiresAt,
            r.session.LastSeenAt < r.session.CreatedAt ? null : r.session.LastSeenAt, null)).ToList();
    }

    /// <summary>Makes a token, shown this once.</summary>
    public async Task<Result<ApiTokenView>> CreateAsync(Actor actor, string? name, IReadOnlyCollection<string>? scopes, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > 100)
        {
            return new Refusal.Invalid("name", "Say what the token is for, in at most 100 characters.");
        }

        if (scopes is not { Count: > 0 } || scopes.FirstOrDefault(s => !ApiScopes.All.Contains(s)) is not null)
        {
            return new Refusal.Invalid("scopes", $"Choose at least one of: {string.Join(", ", ApiScopes.All)}.");
        }

        var end = expiresAt ?? now.AddDays(90);
        if (end <= now || end > now + MaxLife)
        {
            return new Refusal.Invalid("expiresAt", $"A time between now and {MaxLife.Days} days from now.");
        }

        var token = Tokens.New(Tokens.Personal);
        var session = new Session
        {
            UserId = actor.UserId,
            Kind = SessionKind.PersonalToken,
            OrganizationId = actor.OrganizationId,
            Device = name.Trim(),
            Address = actor.Address,
            CreatedAt = now,
            LastSeenAt = DateTimeOffset.UnixEpoch, // never used
            ExpiresAt = end.ToUniversalTime(),
        };
        var row = new ApiToken { SessionId = session.Id, Name = name.Trim(), Hash = Tokens.Hash(token), LastFour = token[^4..], Scopes = [.. scopes.Distinct()] };
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        db.Set<Session>().Add(session);
        db.Set<ApiToken>().Add(row);
        db.Record(actor, "token.created", $"token:{row.Id}", now, new { row.Name, row.Scopes });
        await db.CommitAsync(ct);
        return new ApiTokenView(row.Id, row.Name, row.Scopes, row.LastFour, now, session.ExpiresAt, null, token);
    }

    /// <summary>Takes a token back.</summary>
    public async Task<Result<Done>> DeleteAsync(Actor actor, Guid id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var sessionId = await (from t in db.Set<ApiToken>() join s in db.Set<Session>() on t.SessionId equals s.Id
                               where t.Id == id && s.UserId == actor.UserId && s.OrganizationId == actor.OrganizationId && s.RevokedAt == null select s.Id).SingleOrDefaultAsync(ct);
        if (sessionId == Guid.Empty)
        {
            return new Refusal.NotFound("The token");
        }

        await db.Set<Session>().Where(s => s.Id == sessionId)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now).SetProperty(x => x.EndedBy, SessionEnd.Revoked), ct);
        db.Record(actor, "token.deleted", $"token:{id}", now);
        await db.CommitAsync(ct);
        hints.Changed(actor.UserId, [actor.OrganizationId]);
        return new Done();
    }
}

/// <summary>A personal token as its owner sees it.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="LastFour">Its last characters.</param>
/// <param name="CreatedAt">When it was made (UTC).</param>
/// <param name="ExpiresAt">When it ends (UTC).</param>
/// <param name="LastUsedAt">Last use (UTC), at most a minute old; null when never.</param>
/// <param name="Token">The token itself, only right after it was made.</param>
public sealed record ApiTokenView(
    Guid Id, string Name, IReadOnlyList<string> Scopes, string LastFour, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, string? Token);

using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>Finds the session behind a token from the header <c>Authorization</c>.</summary>
public sealed class TokenReader(IOmniDbFactory dbs, TimeProvider clock)
{
    /// <summary>The session's id. Whether the session still counts is not looked at here.</summary>
    public async Task<Result<Guid>> FindAsync(string token, CancellationToken ct)
    {
        if (token.Length > 200)
        {
            return Invalid;
        }

        var hash = Tokens.Hash(token);
        await using var db = await dbs.OpenGlobalAsync(ct);
        if (token.StartsWith(Tokens.Access, StringComparison.Ordinal))
        {
            var pair = await db.Set<TokenPair>().Where(p => p.AccessHash == hash).Select(p => new { p.SessionId, p.AccessExpiresAt }).SingleOrDefaultAsync(ct);
            return pair is null ? Invalid
                : pair.AccessExpiresAt <= clock.GetUtcNow() ? new Refusal.Unauthenticated("The access token is too old. Refresh it.") { Code = ErrorCode.TokenExpired }
                : pair.SessionId;
        }

        var found = token.StartsWith(Tokens.Personal, StringComparison.Ordinal)
            ? await (from t in db.Set<ApiToken>() join s in db.Set<Session>() on t.SessionId equals s.Id where t.Hash == hash select new { s.Id, s.ExpiresAt }).SingleOrDefaultAsync(ct)
            : null;
        return found is null ? Invalid
            : found.ExpiresAt <= clock.GetUtcNow() ? new Refusal.Unauthenticated("This personal token has passed its end.") { Code = ErrorCode.TokenExpired }
            : found.Id;
    }

    private static Refusal Invalid => new Refusal.Unauthenticated("This token was never issued or was taken back.") { Code = ErrorCode.TokenInvalid };
}

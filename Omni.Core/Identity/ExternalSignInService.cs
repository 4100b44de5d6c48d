using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Operations;

namespace Omni.Core.Identity;

/// <summary>Sign-in through another service. An account is found by that service's own id for the person, never by e-mail address alone: that would hand accounts to whoever controls an address at the service.</summary>
public sealed class ExternalSignInService(IOmniDbFactory dbs, IAdvisoryLocks locks, TimeProvider clock)
{
    /// <summary>Finds out what an outside identity means here.</summary>
    public async Task<ExternalMatch> FindAsync(ExternalIdentity identity, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        var linked = await db.Set<IdentityUserLogin<Guid>>().Where(l => l.LoginProvider == identity.Provider && l.ProviderKey == identity.Key)
            .Select(l => (Guid?)l.UserId).SingleOrDefaultAsync(ct);
        if (linked is { } userId)
        {
            return new ExternalMatch(userId, false);
        }

        if (identity.Email.Length == 0)
        {
            return new ExternalMatch(null, false);
        }

        var normalized = EmailAddress.Normalize(identity.Email);
        return new ExternalMatch(null, await db.Users.AnyAsync(u => u.NormalizedEmail == normalized && u.Kind == UserKind.Human, ct));
    }

    /// <summary>Links an outside identity to the account of somebody who is signed in and confirmed it.</summary>
    public async Task<Result<Done>> LinkAsync(SessionState me, ExternalIdentity identity, CancellationToken ct)
    {
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        if (identity is { EmailVerified: false, Email.Length: > 0 })
        {
            return new Refusal.Forbidden($"{identity.Name} has not verified the address of that account. Verify it there first.") { Code = ErrorCode.EmailNotVerified };
        }

        await using var db = await (me.OrganizationId is { } id ? dbs.OpenAsync(id, ct) : dbs.OpenGlobalAsync(ct));
        db.Set<IdentityUserLogin<Guid>>().Add(LoginOf(me.UserId, identity));
        if (me.ActIn().Succeeded(out var actor, out _))
        {
            db.Record(actor, "sign-in.linked", $"user:{me.UserId}", clock.GetUtcNow(), new { identity.Provider });
        }

        try
        {
            await db.CommitAsync(ct);
            return new Done();
        }
        catch (DbUpdateException taken) when (taken.IsDuplicate())
        {
            return new Refusal.Conflict($"This {identity.Name} account is linked to an account here already.");
        }
    }

    /// <summary>Remembers the outside identity of an account that was just made with it.</summary>
    public async Task RememberAsync(Guid userId, ExternalIdentity identity, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        db.Set<IdentityUserLogin<Guid>>().Add(LoginOf(userId, identity));
        await db.CommitAsync(ct);
    }

    /// <summary>Which services the account can sign in with, as <c>google</c>.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(SessionState me, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Set<IdentityUserLogin<Guid>>().Where(l => l.UserId == me.UserId).Select(l => l.LoginProvider).Distinct().OrderBy(p => p).ToListAsync(ct);
    }

    /// <summary>Takes a service away from the account, unless it is the only way in.</summary>
    public async Task<Result<Done>> UnlinkAsync(SessionState me, string provider, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        await locks.HoldAsync(db, $"ways in:{me.UserId}", ct); // two that go at once must not take the last ones
        var hasPassword = await db.Users.AnyAsync(u => u.Id == me.UserId && u.PasswordHash != null, ct);
        var logins = db.Set<IdentityUserLogin<Guid>>().Where(l => l.UserId == me.UserId);
        if (!hasPassword && !await logins.AnyAsync(l => l.LoginProvider != provider, ct))
        {
            return new Refusal.Conflict("This is the only way into your account. Set a password first, with “Forgotten password” on the sign-in page.");
        }

        await logins.Where(l => l.LoginProvider == provider).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return new Done();
    }

    private static IdentityUserLogin<Guid> LoginOf(Guid userId, ExternalIdentity identity) =>
        new() { UserId = userId, LoginProvider = identity.Provider, ProviderKey = identity.Key, ProviderDisplayName = identity.Name };
}

/// <summary>Who somebody is at another service, as that service told us directly.</summary>
/// <param name="Provider">Which service, as <c>google</c>.</param>
/// <param name="Key">Its own id for the person, which never changes.</param>
/// <param name="Email">Address there; empty where the service tells none.</param>
/// <param name="EmailVerified">Whether the service verified that address.</param>
/// <param name="DisplayName">Name there.</param>
public sealed record ExternalIdentity(string Provider, string Key, string Email, bool EmailVerified, string DisplayName)
{
    /// <summary>The service's name for people.</summary>
    public string Name => Provider.Length == 0 ? "" : char.ToUpperInvariant(Provider[0]) + Provider[1..];
}

/// <summary>What an outside identity means here.</summary>
/// <param name="UserId">The account that is linked to it; null when none is.</param>
/// <param name="EmailKnown">True when an account that is not linked has the same address: its owner must sign in and confirm the link.</param>
public sealed record ExternalMatch(Guid? UserId, bool EmailKnown);

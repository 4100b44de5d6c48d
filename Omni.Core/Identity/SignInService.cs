using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>Finds out whether somebody is who they say. Sessions are begun by <see cref="SessionService"/> afterwards.</summary>
public sealed class SignInService(IOmniDbFactory dbs, Passwords passwords, IAttemptLimits limits, SecondFactorService secondFactor, TimeProvider clock)
{
    /// <summary>Checks e-mail and password. Unknown addresses get the same answer after about the same time.</summary>
    /// <returns>Who it is, and whether a code of the authenticator app is still needed.</returns>
    public async Task<Result<ProvedPassword>> CheckPasswordAsync(string email, string password, Caller caller, CancellationToken ct)
    {
        var normalized = EmailAddress.Normalize(email);
        byte[] account = AttemptKey.Of("sign-in", normalized, caller.LimitKey), address = AttemptKey.Of("sign-in", caller.LimitKey);
        if (!(await limits.TakeAsync(address, AttemptRule.Address, ct)).Succeeded(out _, out var refusal)
            || !(await limits.TakeAsync(account, AttemptRule.SignIn, ct)).Succeeded(out var left, out refusal))
        {
            return refusal;
        }

        User? user;
        bool isKnownPlace;
        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == normalized && u.Kind == UserKind.Human, ct);
            isKnownPlace = user is not null && await db.Set<Session>().AnyAsync(s => s.UserId == user.Id && s.Address == caller.AddressText, ct);
        }

        var everywhere = AttemptKey.Of("sign-in, everywhere", normalized);
        if (!isKnownPlace && !(await limits.TakeAsync(everywhere, AttemptRule.Account, ct)).Succeeded(out _, out refusal))
        {
            return refusal;
        }

        var check = await passwords.VerifyAsync(user, password, ct);
        if (user is null || check == PasswordVerificationResult.Failed)
        {
            await RecordFailureAsync(user?.Id, caller, ct);
            return new Refusal.Unauthenticated("E-mail or password isn’t right.") { Code = ErrorCode.CredentialsWrong, Details = new RemainingTries(left) };
        }

        await limits.ForgiveAsync(address, ct);
        await limits.ClearAsync(account, ct);
        if (!isKnownPlace)
        {
            await limits.ForgiveAsync(everywhere, ct);
        }

        if (check == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await RehashAsync(user, password, ct);
        }

        return new ProvedPassword(user.Id, await secondFactor.IsOnAsync(user.Id, ct));
    }

    /// <summary>Checks e-mail, password and, where the person has one, the code in one call, as programs do it.</summary>
    public async Task<Result<Guid>> CheckAsync(string email, string password, string? code, Caller caller, CancellationToken ct)
    {
        if (!(await CheckPasswordAsync(email, password, caller, ct)).Succeeded(out var proved, out var refusal))
        {
            return refusal;
        }

        if (!proved.NeedsCode)
        {
            return proved.UserId;
        }

        return string.IsNullOrWhiteSpace(code)
            ? new Refusal.Unauthenticated("This account asks for a code from the authenticator app.") { Code = ErrorCode.SecondFactorNeeded }
            : await secondFactor.CheckAsync(proved.UserId, code, caller, ct);
    }

    /// <summary>Checks the password of somebody who is signed in and is about to do something that needs it again.</summary>
    public async Task<Result<User>> ConfirmAsync(SessionState me, string password, CancellationToken ct)
    {
        var key = AttemptKey.Of("confirm", me.UserId.ToString());
        if (!(await limits.TakeAsync(key, AttemptRule.SignIn, ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == me.UserId, ct);
        await db.DisposeAsync();
        if (await passwords.VerifyAsync(user, password, ct) == PasswordVerificationResult.Failed)
        {
            return new Refusal.Invalid("current", "That is not your present password.") { Code = ErrorCode.CredentialsWrong };
        }

        await limits.ClearAsync(key, ct);
        return user;
    }

    private async Task RehashAsync(User user, string password, CancellationToken ct)
    {
        var hash = await passwords.HashAsync(user, password, ct);
        await using var db = await dbs.OpenGlobalAsync(ct);
        await db.Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash).ExecuteUpdateAsync(u => u.SetProperty(x => x.PasswordHash, hash), ct);
        await db.CommitAsync(ct);
    }

    private async Task RecordFailureAsync(Guid? userId, Caller caller, CancellationToken ct)
    {
        if (userId is not { } id)
        {
            return;
        }

        Guid organization;
        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            organization = await db.Memberships.Where(m => m.UserId == id).OrderBy(m => m.JoinedAt).Select(m => m.OrganizationId).FirstOrDefaultAsync(ct);
        }

        if (organization != Guid.Empty)
        {
            await using var log = await dbs.OpenAsync(organization, ct);
            log.Record(new Actor(id, organization, MemberRole.Viewer, Guid.Empty) { Address = caller.AddressText }, "session.refused", $"user:{id}", clock.GetUtcNow());
            await log.CommitAsync(ct);
        }
    }
}

/// <summary>A password was right.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="NeedsCode">True when a code of the authenticator app is still needed.</param>
public sealed record ProvedPassword(Guid UserId, bool NeedsCode);

/// <summary>How often somebody may still try before they have to wait.</summary>
/// <param name="TriesLeft">Tries.</param>
public sealed record RemainingTries(int TriesLeft);

using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>E-mail verification, forgotten and changed passwords, and leaving.</summary>
public sealed class AccountService(
    IOmniDbFactory dbs, Passwords passwords, SignInService signIn, SessionService sessions, LinkService links, IAttemptLimits limits, IMailer mailer, TimeProvider clock)
{
    /// <summary>Proves an e-mail address by its link.</summary>
    public async Task<Result<Done>> VerifyEmailAsync(string? token, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        if (await links.TakeAsync(db, OneTimePurpose.VerifyEmail, token, ct) is not { } user)
        {
            return UsedLink("token");
        }

        user.EmailConfirmed = true;
        await db.CommitAsync(ct);
        return new Done();
    }

    /// <summary>Sends the verification link again.</summary>
    public async Task<Result<Done>> ResendVerificationAsync(SessionState me, CancellationToken ct)
    {
        if (!(await limits.TakeAsync(AttemptKey.Of("verify", me.UserId.ToString()), AttemptRule.Letters, ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == me.UserId, ct);
        await db.DisposeAsync();
        if (!user.EmailConfirmed)
        {
            await links.SendAsync(user, OneTimePurpose.VerifyEmail, ct);
        }

        return new Done();
    }

    /// <summary>Sends a link for a new password, if there is such an account; the answer does not tell.</summary>
    public async Task<Result<Done>> ForgotPasswordAsync(string? email, Caller caller, CancellationToken ct)
    {
        if (!(await limits.TakeAsync(AttemptKey.Of("forgot", caller.LimitKey), AttemptRule.Address, ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        var normalized = EmailAddress.Normalize(email);
        var letter = await limits.TakeAsync(AttemptKey.Of("forgot", normalized, caller.LimitKey), AttemptRule.Letters, ct);
        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == normalized && u.Kind == UserKind.Human, ct);
        await db.DisposeAsync();
        if (user is not null && letter.Succeeded(out _, out _))
        {
            await links.SendAsync(user, OneTimePurpose.ResetPassword, ct);
        }

        return new Done();
    }

    /// <summary>Sets a new password by its link and ends every session of the account.</summary>
    public async Task<Result<Done>> ResetPasswordAsync(string? token, string? password, CancellationToken ct)
    {
        if (Passwords.Judge(password, null) is { } weak)
        {
            return new Refusal.Invalid("password", weak);
        }

        Guid userId;
        string? email;
        // The token is taken before the slow hashing, so that guesses cost nothing; both are one transaction.
        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            if (await links.TakeAsync(db, OneTimePurpose.ResetPassword, token, ct) is not { } user)
            {
                return UsedLink("token");
            }

            (userId, email) = (user.Id, user.Email);
            user.PasswordHash = await passwords.HashAsync(user, password!, ct);
            user.SecurityStamp = Tokens.New("");
            await db.CommitAsync(ct);
        }

        await AfterChangeAsync(userId, email, null, ct);
        return new Done();
    }

    /// <summary>Changes the password and ends every other session of the account.</summary>
    public async Task<Result<Done>> ChangePasswordAsync(SessionState me, string? current, string? wanted, CancellationToken ct)
    {
        if (!(await signIn.ConfirmAsync(me, current ?? "", ct)).Succeeded(out var user, out var refusal))
        {
            return refusal;
        }

        if (Passwords.Judge(wanted, user.Email) is { } weak)
        {
            return new Refusal.Invalid("new", weak);
        }

        var hash = await passwords.HashAsync(user, wanted!, ct);
        var stamp = Tokens.New("");
        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            await db.Users.Where(u => u.Id == me.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.PasswordHash, hash).SetProperty(x => x.SecurityStamp, stamp), ct);
            await db.CommitAsync(ct);
        }

        await AfterChangeAsync(me.UserId, user.Email, me.SessionId, ct);
        return new Done();
    }

    /// <summary>Deletes the account: its traces in organizations stay under the name "Deleted person", everything personal goes.</summary>
    public async Task<Result<Done>> DeleteAsync(SessionState me, string? password, CancellationToken ct)
    {
        if (!(await signIn.ConfirmAsync(me, password ?? "", ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            var owned = await db.Memberships.Where(m => m.UserId == me.UserId && m.Role == MemberRole.Owner).Select(m => m.OrganizationId).ToListAsync(ct);
            if (await db.Organizations.Where(o => owned.Contains(o.Id) && !db.Memberships.Any(m => m.OrganizationId == o.Id && m.UserId != me.UserId && m.Role == MemberRole.Owner)).Select(o => o.Name).FirstOrDefaultAsync(ct) is { } alone)
            {
                return new Refusal.Conflict($"You are the only owner of {alone}. Make somebody else an owner first.");
            }
        }

        foreach (var place in me.Places)
        {
            await using var log = await dbs.OpenAsync(place.OrganizationId, ct);
            log.Record(new Actor(me.UserId, place.OrganizationId, place.Role, me.SessionId) { Address = me.Address }, "user.deleted", $"user:{me.UserId}", clock.GetUtcNow());
            await log.CommitAsync(ct);
        }

        await sessions.EndAllAsync(me.UserId, SessionEnd.AccountDeleted, all => all, ct);
        await EraseAsync(me.UserId, ct);
        return new Done();
    }

    private async Task EraseAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        var name = $"deleted-{userId:N}";
        await db.Memberships.Where(m => m.UserId == userId).ExecuteDeleteAsync(ct);
        await db.Set<SecondFactor>().Where(f => f.UserId == userId).ExecuteDeleteAsync(ct);
        await db.Set<RecoveryCode>().Where(c => c.UserId == userId).ExecuteDeleteAsync(ct);
        await db.Set<OneTimeToken>().Where(t => t.UserId == userId).ExecuteDeleteAsync(ct);
        await db.Set<PushSubscription>().Where(s => s.UserId == userId).ExecuteDeleteAsync(ct);
        await db.Set<Microsoft.AspNetCore.Identity.IdentityUserLogin<Guid>>().Where(l => l.UserId == userId).ExecuteDeleteAsync(ct);
        await db.Users.Where(u => u.Id == userId).ExecuteUpdateAsync(
            u => u.SetProperty(x => x.Email, (string?)null).SetProperty(x => x.NormalizedEmail, (string?)null).SetProperty(x => x.EmailConfirmed, false)
                .SetProperty(x => x.PasswordHash, (string?)null).SetProperty(x => x.UserName, name).SetProperty(x => x.NormalizedUserName, name.ToUpperInvariant())
                .SetProperty(x => x.DisplayName, "Deleted person").SetProperty(x => x.AvatarUrl, (string?)null).SetProperty(x => x.Settings, "{}")
                .SetProperty(x => x.IsInstallationAdministrator, false),
            ct);
        await db.CommitAsync(ct);
    }

    private async Task AfterChangeAsync(Guid userId, string? email, Guid? keep, CancellationToken ct)
    {
        await sessions.EndAllAsync(userId, SessionEnd.PasswordChanged, all => all.Where(s => s.Id != keep && s.Kind != SessionKind.PersonalToken), ct);
        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            await db.Set<OneTimeToken>().Where(t => t.UserId == userId && t.Purpose == OneTimePurpose.ResetPassword && t.UsedAt == null).ExecuteDeleteAsync(ct);
            await db.CommitAsync(ct);
        }

        await RecordAsync(userId, "password.changed", ct);
        if (email is not null && mailer.IsConfigured)
        {
            mailer.Enqueue(Letters.PasswordChanged(email));
        }
    }

    private async Task RecordAsync(Guid userId, string action, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        var places = await db.Memberships.Where(m => m.UserId == userId).Select(m => m.OrganizationId).ToListAsync(ct);
        await db.DisposeAsync();
        foreach (var place in places)
        {
            await using var log = await dbs.OpenAsync(place, ct);
            log.Record(new Actor(userId, place, MemberRole.Viewer, Guid.Empty), action, $"user:{userId}", clock.GetUtcNow());
            await log.CommitAsync(ct);
        }
    }

    private static Refusal.Invalid UsedLink(string field) => new Refusal.Invalid(field, "This link was used, is too old or was replaced by a newer one. Ask for a new one.");
}

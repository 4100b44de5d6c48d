using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>Makes accounts: the first one, with an invitation, and, where the installation allows it, by anybody.</summary>
public sealed class RegistrationService(
    IOmniDbFactory dbs, IAdvisoryLocks locks, Passwords passwords, SetupCode setupCode, IAttemptLimits limits, InvitationService invitations,
    SessionService sessions, LinkService links, IOptionsMonitor<OmniOptions> options, TimeProvider clock)
{
    /// <summary>What a visitor may do now.</summary>
    public async Task<RegistrationState> StateAsync(Caller caller, CancellationToken ct) => await setupCode.IsNeededAsync(ct)
        ? caller.IsLocal ? RegistrationState.First : RegistrationState.FirstWithCode
        : options.CurrentValue.Registration == RegistrationMode.Open ? RegistrationState.Open : RegistrationState.InvitationOnly;

    /// <summary>Makes an account and signs it in.</summary>
    public async Task<Result<OpenedSession>> RegisterAsync(Registration wanted, SessionKind kind, Caller caller, CancellationToken ct)
    {
        if (wanted.Check() is { } wrong)
        {
            return wrong;
        }

        var address = AttemptKey.Of("register", caller.LimitKey);
        if (!(await limits.TakeAsync(address, AttemptRule.Address, ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        var user = wanted.ToUser(clock.GetUtcNow());
        user.PasswordHash = wanted.Password is { } password ? await passwords.HashAsync(user, password, ct) : null;
        try
        {
            var result = wanted.InvitationToken is { Length: > 0 } token
                ? await RegisterInvitedAsync(user, wanted, token, kind, caller, ct)
                : await RegisterAloneAsync(user, wanted, kind, caller, ct);
            if (result.Succeeded(out _, out _) && !user.EmailConfirmed)
            {
                await links.SendAsync(user, OneTimePurpose.VerifyEmail, ct);
            }

            return result;
        }
        catch (DbUpdateException taken) when (taken.IsDuplicate())
        {
            return await DescribeDuplicateAsync(user, ct);
        }
    }

    private async Task<Result<OpenedSession>> RegisterAloneAsync(User user, Registration wanted, SessionKind kind, Caller caller, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(wanted.OrganizationName) || wanted.OrganizationName.Trim().Length > 200)
        {
            return new Refusal.Invalid("organizationName", "A name for the organization, at most 200 characters.");
        }

        var now = clock.GetUtcNow();
        var organization = new Organization(wanted.OrganizationName.Trim(), "", now);
        await using var db = await dbs.OpenAsync(organization.Id, ct);
        await locks.HoldAsync(db, "first account", ct); // two visitors must not both become the first
        var first = !await db.Users.AnyAsync(u => u.Kind == UserKind.Human, ct);
        if (first && !caller.IsLocal && !setupCode.IsRight(wanted.SetupCode))
        {
            return new Refusal.Forbidden("The first account needs the set-up code that Omni printed when it started.") { Code = ErrorCode.SetupCodeNeeded };
        }

        if (!first && options.CurrentValue.Registration != RegistrationMode.Open)
        {
            return new Refusal.Forbidden("New accounts need an invitation here. Ask an administrator of your organization.") { Code = ErrorCode.InvitationInvalid };
        }

        organization.Slug = await Slugs.FreeAsync(db, organization.Name, ct);
        user.IsInstallationAdministrator = first;
        db.Users.Add(user);
        db.Organizations.Add(organization);
        db.Memberships.Add(new Membership(organization.Id, user.Id, MemberRole.Owner, now));
        await db.SaveChangesAsync(ct);
        var opened = sessions.Open(db, user.Id, organization.Id, MemberRole.Owner, kind, "registration", caller);
        var actor = new Actor(user.Id, organization.Id, MemberRole.Owner, opened.SessionId) { Address = caller.AddressText };
        db.Record(actor, "organization.created", $"organization:{organization.Id}", now, new { first });
        await db.CommitAsync(ct);
        return opened;
    }

    private async Task<Result<OpenedSession>> RegisterInvitedAsync(User user, Registration wanted, string token, SessionKind kind, Caller caller, CancellationToken ct)
    {
        if (!Tokens.TryReadInvitation(token, out var organizationId))
        {
            return InvitationService.Invalid;
        }

        await using var db = await dbs.OpenAsync(organizationId, ct);
        db.Users.Add(user);
        await db.SaveChangesAsync(ct);
        if (!(await invitations.TakeAsync(db, token, user, caller, ct)).Succeeded(out var invitation, out var refusal))
        {
            return refusal;
        }

        // The link came by mail to this very address: that proves it.
        user.EmailConfirmed = wanted.EmailProved || (invitation.MailedAt is not null && EmailAddress.Normalize(invitation.Email) == user.NormalizedEmail);
        var opened = sessions.Open(db, user.Id, organizationId, invitation.Role, kind, "invitation", caller);
        await db.CommitAsync(ct);
        return opened;
    }

    private async Task<Refusal> DescribeDuplicateAsync(User user, CancellationToken ct)
    {
        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Users.AnyAsync(u => u.NormalizedEmail == user.NormalizedEmail, ct)
            ? new Refusal.Conflict("There is an account with this e-mail address already. Sign in instead.")
            : new Refusal.Conflict("This username is taken. Choose another one.");
    }
}

/// <summary>What a visitor without an account may do.</summary>
public enum RegistrationState
{
    /// <summary>Make the first account, which owns the installation.</summary>
    First,

    /// <summary>The same, with the set-up code.</summary>
    FirstWithCode,

    /// <summary>Make an account with an organization of their own.</summary>
    Open,

    /// <summary>Only with an invitation.</summary>
    InvitationOnly,
}

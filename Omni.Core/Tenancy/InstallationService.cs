using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Core.Tenancy;

/// <summary>All organizations of the installation, for its administrators.</summary>
public sealed class InstallationService(IOmniDbFactory dbs, SessionHints hints, TimeProvider clock)
{
    /// <summary>The organizations, newest first.</summary>
    public async Task<Result<Page<OrganizationSummary>>> ListAsync(Actor actor, string? cursor, int? limit, CancellationToken ct)
    {
        if (!actor.IsInstallationAdministrator)
        {
            return new Refusal.Forbidden();
        }

        var (at, before, take) = (DateTimeOffset.MaxValue, Guid.Empty, Cursor.Limit(limit));
        if (cursor is not null && !Cursor.TryRead(cursor, out at, out before))
        {
            return new Refusal.Invalid("cursor", "Not a cursor of this list.");
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        var query = db.Organizations.AsNoTracking();
        query = cursor is null ? query : query.Where(o => o.CreatedAt < at || (o.CreatedAt == at && o.Id < before));
        var rows = await query.OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).Take(take + 1)
            .Select(o => new OrganizationSummary(o, db.Memberships.Count(m => m.OrganizationId == o.Id))).ToListAsync(ct);
        var last = rows.Count > take ? rows[take - 1].Organization : null;
        return new Page<OrganizationSummary>([.. rows.Take(take)], last is null ? null : Cursor.Write(last.CreatedAt, last.Id), take);
    }

    /// <summary>A new organization without members; somebody is then invited into it by its future owner's e-mail address.</summary>
    public async Task<Result<OrganizationSummary>> CreateAsync(Actor actor, string? name, string? ownerEmail, CancellationToken ct)
    {
        if (!actor.IsInstallationAdministrator)
        {
            return new Refusal.Forbidden();
        }

        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > 200)
        {
            return new Refusal.Invalid("name", "A name, at most 200 characters.");
        }

        var now = clock.GetUtcNow();
        var organization = new Organization(name.Trim(), "", now);
        await using var db = await dbs.OpenAsync(organization.Id, ct);
        var normalized = EmailAddress.Normalize(ownerEmail);
        var owner = string.IsNullOrWhiteSpace(ownerEmail) ? actor.UserId
            : await db.Users.Where(u => u.NormalizedEmail == normalized && u.Kind == UserKind.Human).Select(u => u.Id).SingleOrDefaultAsync(ct);
        if (owner == Guid.Empty)
        {
            return new Refusal.Invalid("ownerEmail", "Nobody has an account with this address. Leave it out to own the organization yourself, then invite them.");
        }

        organization.Slug = await Slugs.FreeAsync(db, organization.Name, ct);
        db.Organizations.Add(organization);
        db.Memberships.Add(new Membership(organization.Id, owner, MemberRole.Owner, now));
        await db.SaveChangesAsync(ct);
        db.Record(actor with { OrganizationId = organization.Id }, "organization.created", $"organization:{organization.Id}", now);
        await db.CommitAsync(ct);
        hints.Changed(owner, []);
        return new OrganizationSummary(organization, 1);
    }

    /// <summary>Changes an organization's plan, or suspends it and lets it work again. Open circuits and streams of a suspended organization end.</summary>
    public async Task<Result<OrganizationSummary>> ChangeAsync(Actor actor, Guid id, string? plan, OrganizationStatus? status, CancellationToken ct)
    {
        if (!actor.IsInstallationAdministrator)
        {
            return new Refusal.Forbidden();
        }

        if (plan is not null && (string.IsNullOrWhiteSpace(plan) || plan.Length > 50))
        {
            return new Refusal.Invalid("plan", "A plan's name, at most 50 characters.");
        }

        if (id == actor.OrganizationId && status == OrganizationStatus.Suspended)
        {
            return new Refusal.Conflict("You work in this organization yourself. Switch to another one before you suspend it.");
        }

        await using var db = await dbs.OpenAsync(id, ct);
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == id, ct);
        if (organization is null)
        {
            return new Refusal.NotFound("The organization");
        }

        var moved = status is { } wanted && wanted != organization.Status;
        organization.Plan = plan?.Trim() ?? organization.Plan;
        organization.Status = status ?? organization.Status;
        db.Record(actor with { OrganizationId = id }, moved ? $"organization.{Names.Of(organization.Status)}" : "organization.plan", $"organization:{id}", clock.GetUtcNow(), new { organization.Plan });
        var members = await db.Memberships.Where(m => m.OrganizationId == id).Select(m => m.UserId).ToListAsync(ct);
        await db.CommitAsync(ct);
        foreach (var member in moved ? members : [])
        {
            hints.Changed(member, [id]);
        }

        return new OrganizationSummary(organization, members.Count);
    }
}

/// <summary>An organization in the list of all.</summary>
/// <param name="Organization">The organization.</param>
/// <param name="Members">How many people belong to it.</param>
public sealed record OrganizationSummary(Organization Organization, int Members);

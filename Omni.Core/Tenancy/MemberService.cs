using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Core.Tenancy;

/// <summary>Who belongs to an organization and what they may do.</summary>
public sealed class MemberService(IOmniDbFactory dbs, IAdvisoryLocks locks, SessionHints hints, TimeProvider clock)
{
    /// <summary>The members, by time of joining.</summary>
    public async Task<Result<Page<Member>>> ListAsync(Actor actor, string? cursor, int? limit, CancellationToken ct)
    {
        var (at, after, take) = (DateTimeOffset.MinValue, Guid.Empty, Cursor.Limit(limit));
        if (cursor is not null && !Cursor.TryRead(cursor, out at, out after))
        {
            return new Refusal.Invalid("cursor", "Not a cursor of this list.");
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var rows = await (
            from m in db.Memberships.AsNoTracking()
            join u in db.Users.AsNoTracking() on m.UserId equals u.Id
            where m.OrganizationId == actor.OrganizationId && (m.JoinedAt > at || (m.JoinedAt == at && u.Id > after))
            orderby m.JoinedAt, u.Id
            select new Member(m, u)).Take(take + 1).ToListAsync(ct);
        var more = rows.Count > take ? rows[take - 1] : null;
        return new Page<Member>([.. rows.Take(take)], more is null ? null : Cursor.Write(more.Membership.JoinedAt, more.User.Id), take);
    }

    /// <summary>Changes a member's role, or one's own availability.</summary>
    public async Task<Result<Member>> ChangeAsync(Actor actor, Guid userId, MemberRole? role, Availability? availability, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        await locks.HoldAsync(db, $"owners {actor.OrganizationId}", ct); // two owners must not demote each other at once
        var membership = await db.Memberships.SingleOrDefaultAsync(m => m.OrganizationId == actor.OrganizationId && m.UserId == userId, ct);
        if (membership is null)
        {
            return new Refusal.NotFound("The member");
        }

        var member = new Member(membership, await db.Users.AsNoTracking().SingleAsync(u => u.Id == userId, ct));

        var changed = role is { } wanted && wanted != member.Membership.Role;
        if (changed && await RefuseAsync(db, actor, member.Membership, role!.Value, ct) is { } refusal)
        {
            return refusal;
        }

        if (availability is not null && userId != actor.UserId && !actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        var now = clock.GetUtcNow();
        member.Membership.Availability = availability ?? member.Membership.Availability;
        if (changed)
        {
            db.Record(actor, "member.role", $"user:{userId}", now, new { from = Names.Of(member.Membership.Role), to = Names.Of(role!.Value) });
            member.Membership.Role = role.Value;
        }

        db.Raise(Event(actor, EventNames.MemberUpdated, userId, now));
        await db.CommitAsync(ct);
        if (changed)
        {
            hints.Changed(userId, [actor.OrganizationId]);
        }

        return member;
    }

    /// <summary>Removes a member, or lets somebody leave: their sessions and tokens in this organization end.</summary>
    public async Task<Result<Done>> RemoveAsync(Actor actor, Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        await locks.HoldAsync(db, $"owners {actor.OrganizationId}", ct);
        var membership = await db.Memberships.SingleOrDefaultAsync(m => m.OrganizationId == actor.OrganizationId && m.UserId == userId, ct);
        if (membership is null)
        {
            return new Refusal.NotFound("The member");
        }

        if ((userId != actor.UserId || membership.Role == MemberRole.Owner) && await RefuseAsync(db, actor, membership, null, ct) is { } refusal)
        {
            return refusal;
        }

        db.Memberships.Remove(membership);
        await db.Set<Session>().Where(s => s.UserId == userId && s.OrganizationId == actor.OrganizationId && s.RevokedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now).SetProperty(x => x.EndedBy, SessionEnd.Removed), ct);
        db.Record(actor, userId == actor.UserId ? "member.left" : "member.removed", $"user:{userId}", now, new { role = Names.Of(membership.Role) });
        db.Raise(Event(actor, EventNames.MemberLeft, userId, now));
        await db.CommitAsync(ct);
        hints.Changed(userId, [actor.OrganizationId]);
        return new Done();
    }

    /// <summary>Why the actor may not give a member this role (null: remove them); null when they may.</summary>
    private static async Task<Refusal?> RefuseAsync(IOmniDb db, Actor actor, Membership membership, MemberRole? role, CancellationToken ct)
    {
        // An administrator manages agents and viewers and other administrators; only owners touch owners.
        if (!actor.Is(MemberRole.Admin) || (actor.Role != MemberRole.Owner && (membership.Role == MemberRole.Owner || role == MemberRole.Owner)))
        {
            return new Refusal.Forbidden();
        }

        return membership.Role == MemberRole.Owner
            && !await db.Memberships.AnyAsync(m => m.OrganizationId == actor.OrganizationId && m.UserId != membership.UserId && m.Role == MemberRole.Owner, ct)
            ? new Refusal.Conflict("An organization needs an owner. Make somebody else an owner first.")
            : null;
    }

    private static ChangeEvent Event(Actor actor, string name, Guid userId, DateTimeOffset now) =>
        new(actor.OrganizationId, ChangeEvent.Organization, name, new JsonObject { ["userId"] = userId }, now);
}

/// <summary>A member with their account.</summary>
/// <param name="Membership">Place in the organization.</param>
/// <param name="User">Account.</param>
public sealed record Member(Membership Membership, User User);

using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Core.Tenancy;

/// <summary>Invites people into an organization and lets them in.</summary>
public sealed class InvitationService(IOmniDbFactory dbs, IMailer mailer, IPublicAddress address, SessionHints hints, TimeProvider clock)
{
    /// <summary>The refusal for a token that does not work, whatever the reason.</summary>
    public static Refusal Invalid { get; } = new Refusal.NotFound("The invitation") { Code = ErrorCode.InvitationInvalid };

    /// <summary>Invites by e-mail address or Reddit name.</summary>
    /// <returns>The invitation, with its link when no letter is sent.</returns>
    public async Task<Result<InvitationLink>> InviteAsync(Actor actor, string? email, string? redditUsername, MemberRole role, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (role > actor.Role || role == MemberRole.Owner)
        {
            return new Refusal.Invalid("role", "viewer, agent or admin; an owner is made by an owner later.");
        }

        var byEmail = !string.IsNullOrWhiteSpace(email);
        if (byEmail == !string.IsNullOrWhiteSpace(redditUsername) || (byEmail && !EmailAddress.IsValid(email!.Trim())))
        {
            return new Refusal.Invalid("email", "Either an e-mail address or a Reddit name.");
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (mailer.IsConfigured && byEmail && !await db.Users.AnyAsync(u => u.Id == actor.UserId && u.EmailConfirmed, ct))
        {
            return new Refusal.Forbidden("Confirm your own e-mail address before Omni sends letters for you.") { Code = ErrorCode.EmailNotVerified };
        }

        var normalized = EmailAddress.Normalize(email);
        if (byEmail && await (from m in db.Memberships join u in db.Users on m.UserId equals u.Id where m.OrganizationId == actor.OrganizationId && u.NormalizedEmail == normalized select m).AnyAsync(ct))
        {
            return new Refusal.Conflict("This person is a member already.");
        }

        var now = clock.GetUtcNow();
        var token = Tokens.NewInvitation(actor.OrganizationId);
        var invitation = new Invitation
        {
            OrganizationId = actor.OrganizationId,
            Email = byEmail ? email!.Trim() : null,
            RedditUsername = byEmail ? null : redditUsername!.Trim().TrimStart('/').Replace("u/", "", StringComparison.OrdinalIgnoreCase),
            Role = role,
            Hash = Tokens.Hash(token),
            InvitedById = actor.UserId,
            CreatedAt = now,
            ExpiresAt = now + Invitation.Lifetime,
        };
        db.Set<Invitation>().Add(invitation);
        db.Record(actor, "member.invited", $"invitation:{invitation.Id}", now, new { role = Names.Of(role) });
        await db.CommitAsync(ct);
        return await SendAsync(actor, invitation, token, ct);
    }

    /// <summary>A new link for a waiting invitation; the old one no longer works.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="id">The invitation.</param>
    /// <param name="reveal">True to get the link for passing it on by hand; false to mail it again.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<InvitationLink>> RenewAsync(Actor actor, Guid id, bool reveal, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        var token = Tokens.NewInvitation(actor.OrganizationId);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var invitation = await db.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == id && i.UsedAt == null, ct);
        if (invitation is null)
        {
            return Invalid;
        }

        invitation.Hash = Tokens.Hash(token);
        invitation.MailedAt = null;
        invitation.ExpiresAt = clock.GetUtcNow() + Invitation.Lifetime;
        db.Record(actor, "member.invited", $"invitation:{id}", clock.GetUtcNow(), new { again = true });
        await db.CommitAsync(ct);
        return await SendAsync(actor, invitation, token, ct, reveal);
    }

    /// <summary>Invitations that wait, newest first.</summary>
    public async Task<Result<IReadOnlyList<Invitation>>> ListAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await db.Set<Invitation>().AsNoTracking().Where(i => i.UsedAt == null).OrderByDescending(i => i.CreatedAt).Take(500).ToListAsync(ct);
    }

    /// <summary>Takes a waiting invitation back.</summary>
    public async Task<Result<Done>> WithdrawAsync(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.Set<Invitation>().Where(i => i.Id == id && i.UsedAt == null).ExecuteUpdateAsync(i => i.SetProperty(x => x.UsedAt, now), ct) == 0)
        {
            return Invalid;
        }

        db.Record(actor, "invitation.withdrawn", $"invitation:{id}", now);
        await db.CommitAsync(ct);
        return new Done();
    }

    /// <summary>What a visitor with the link may see before accepting.</summary>
    public async Task<Result<InvitationPreview>> PreviewAsync(string? token, CancellationToken ct)
    {
        if (!Tokens.TryReadInvitation(token, out var organizationId))
        {
            return Invalid;
        }

        var (hash, now) = (Tokens.Hash(token!), clock.GetUtcNow());
        await using var db = await dbs.OpenAsync(organizationId, ct);
        var found = await (
            from i in db.Set<Invitation>()
            join o in db.Organizations on i.OrganizationId equals o.Id
            join u in db.Users on i.InvitedById equals u.Id
            where i.Hash == hash && i.UsedAt == null && i.ExpiresAt > now && o.Status == OrganizationStatus.Active
            select new InvitationPreview(o.Id, o.Name, u.DisplayName, i.Email, i.Role)).SingleOrDefaultAsync(ct);
        return found is null ? Invalid : found;
    }

    /// <summary>Lets a person who has an account in.</summary>
    public async Task<Result<Guid>> AcceptAsync(SessionState me, string? token, Caller caller, CancellationToken ct)
    {
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        if (me.Scopes is not null)
        {
            return new Refusal.Forbidden("A personal token cannot accept invitations.");
        }

        if (!Tokens.TryReadInvitation(token, out var organizationId))
        {
            return Invalid;
        }

        await using var db = await dbs.OpenAsync(organizationId, ct);
        var user = await db.Users.SingleAsync(u => u.Id == me.UserId, ct);
        if (!(await TakeAsync(db, token!, user, caller, ct)).Succeeded(out _, out var refusal))
        {
            return refusal;
        }

        await db.CommitAsync(ct);
        hints.Changed(me.UserId, [organizationId]);
        return organizationId;
    }

    /// <summary>Uses an invitation, once, and makes the membership. Part of the caller's unit of work in the invitation's organization.</summary>
    internal async Task<Result<Invitation>> TakeAsync(IOmniDb db, string token, User user, Caller caller, CancellationToken ct)
    {
        var (hash, now) = (Tokens.Hash(token), clock.GetUtcNow());
        if (!await db.Organizations.AnyAsync(o => o.Id == db.OrganizationId && o.Status == OrganizationStatus.Active, ct)
            || await db.Set<Invitation>().Where(i => i.Hash == hash && i.UsedAt == null && i.ExpiresAt > now)
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.UsedAt, now).SetProperty(x => x.UsedById, user.Id), ct) == 0)
        {
            return Invalid;
        }

        var invitation = await db.Set<Invitation>().AsNoTracking().SingleAsync(i => i.Hash == hash, ct);
        if (await db.Memberships.AnyAsync(m => m.OrganizationId == invitation.OrganizationId && m.UserId == user.Id, ct))
        {
            return new Refusal.Conflict("You are a member of this organization already.");
        }

        db.Memberships.Add(new Membership(invitation.OrganizationId, user.Id, invitation.Role, now));
        db.Record(new Actor(user.Id, invitation.OrganizationId, invitation.Role, Guid.Empty) { Address = caller.AddressText }, "member.joined", $"user:{user.Id}", now, new { invitation = invitation.Id });
        db.Raise(new ChangeEvent(invitation.OrganizationId, ChangeEvent.Organization, EventNames.MemberJoined, new JsonObject { ["userId"] = user.Id, ["role"] = Names.Of(invitation.Role) }, now));
        return invitation;
    }

    private async Task<Result<InvitationLink>> SendAsync(Actor actor, Invitation invitation, string token, CancellationToken ct, bool reveal = false)
    {
        var link = address.Of($"/invitation/{token}");
        if (mailer.IsConfigured && invitation.Email is { } email && !reveal)
        {
            await using var db = await dbs.OpenGlobalAsync(ct);
            var organization = await db.Organizations.Where(o => o.Id == actor.OrganizationId).Select(o => o.Name).SingleAsync(ct);
            mailer.Enqueue(Letters.Invitation(email, actor.DisplayName, organization, link, stop => MarkAsync(invitation, stop)));
            // Not shown to the inviter: only whoever reads that mailbox has the link, which is what proves the address.
            return new InvitationLink(invitation, null, null);
        }

        return new InvitationLink(invitation, token, link);
    }

    private async Task MarkAsync(Invitation invitation, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenAsync(invitation.OrganizationId, ct);
        await db.Set<Invitation>().Where(i => i.Id == invitation.Id && i.Hash == invitation.Hash).ExecuteUpdateAsync(i => i.SetProperty(x => x.MailedAt, now), ct);
        await db.CommitAsync(ct);
    }
}

/// <summary>An invitation with its link.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Token">Its token, shown once; null when a letter with it is on its way.</param>
/// <param name="Url">The full address to pass on; null when a letter with it is on its way.</param>
public sealed record InvitationLink(Invitation Invitation, string? Token, string? Url);

/// <summary>What an invitation is about.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Organization">Its name.</param>
/// <param name="InvitedBy">Who invited.</param>
/// <param name="Email">Who is meant; null when by Reddit name.</param>
/// <param name="Role">The role that waits.</param>
public sealed record InvitationPreview(Guid OrganizationId, string Organization, string InvitedBy, string? Email, MemberRole Role);

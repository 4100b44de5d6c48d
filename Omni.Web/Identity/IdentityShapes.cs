using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Web.Identity;

/// <summary>People, organizations and what belongs to them in the shapes of the public contract.</summary>
internal static class IdentityShapes
{
    internal static object Of(User user) => new
    {
        id = user.Id,
        username = user.UserName,
        displayName = user.DisplayName,
        email = user.Email,
        emailVerified = user.EmailConfirmed,
        avatarUrl = user.AvatarUrl,
        kind = user.Kind == UserKind.AiAgent ? "ai_agent" : "human",
        createdAt = user.CreatedAt,
    };

    internal static object Of(OrganizationView view) => Of(view.Organization, Names.Of(view.Role));

    internal static object Of(Organization organization, string? role) => new
    {
        id = organization.Id,
        name = organization.Name,
        slug = organization.Slug,
        plan = organization.Plan,
        status = Names.Of(organization.Status),
        timeZone = organization.TimeZone,
        locale = organization.Locale,
        theme = new { primaryColor = organization.PrimaryColor, logoUrl = organization.LogoUrl, mode = organization.ThemeMode },
        role,
    };

    internal static object Of(Session session, Guid current) => new
    {
        id = session.Id,
        kind = Names.Of(session.Kind),
        device = session.Device,
        address = session.Address,
        createdAt = session.CreatedAt,
        lastSeenAt = session.LastSeenAt,
        expiresAt = session.ExpiresAt,
        current = session.Id == current,
    };

    internal static object Of(ApiTokenView token) => new
    {
        id = token.Id,
        name = token.Name,
        scopes = token.Scopes,
        lastFour = token.LastFour,
        createdAt = token.CreatedAt,
        expiresAt = token.ExpiresAt,
        lastUsedAt = token.LastUsedAt,
        token = token.Token,
    };

    internal static object Of(Member member) => new
    {
        id = member.User.Id,
        user = Of(member.User),
        role = Names.Of(member.Membership.Role),
        availability = Names.Of(member.Membership.Availability),
        joinedAt = member.Membership.JoinedAt,
    };

    internal static object Of(Invitation invitation) => new
    {
        id = invitation.Id,
        email = invitation.Email,
        redditUsername = invitation.RedditUsername,
        role = Names.Of(invitation.Role),
        createdAt = invitation.CreatedAt,
        expiresAt = invitation.ExpiresAt,
        mailedAt = invitation.MailedAt,
    };

    internal static object Of(InvitationLink link) => new { invitation = Of(link.Invitation), token = link.Token, url = link.Url };

    internal static object Of(WaitingLink link) => new
    {
        id = link.Id,
        purpose = Names.Of(link.Purpose),
        displayName = link.DisplayName,
        email = link.Email,
        createdAt = link.CreatedAt,
        expiresAt = link.ExpiresAt,
    };
}

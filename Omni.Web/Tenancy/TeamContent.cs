using Omni.Core.Tenancy;

namespace Omni.Web.Tenancy;

/// <summary>What the page of the team shows.</summary>
/// <param name="Me">Who looks.</param>
/// <param name="Role">Their role.</param>
/// <param name="Now">When it was read (UTC).</param>
/// <param name="Members">The members so far.</param>
/// <param name="NextCursor">Where the next begin; null at the end.</param>
/// <param name="Invitations">Invitations that wait; none for those who may not invite.</param>
public sealed record TeamContent(Guid Me, MemberRole Role, DateTimeOffset Now, IReadOnlyList<TeamMember> Members, string? NextCursor, IReadOnlyList<TeamInvitation> Invitations)
{
    /// <summary>True when whoever looks may change the team.</summary>
    public bool Manages => Role >= MemberRole.Admin;
}

/// <summary>A member in the list.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Name">Name.</param>
/// <param name="Email">Address.</param>
/// <param name="AvatarUrl">Picture; null without one.</param>
/// <param name="Role">What they may do.</param>
/// <param name="JoinedAt">Since when (UTC).</param>
public sealed record TeamMember(Guid UserId, string Name, string? Email, string? AvatarUrl, MemberRole Role, DateTimeOffset JoinedAt)
{
    /// <summary>The row of a member.</summary>
    public static TeamMember Of(Member member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return new TeamMember(member.User.Id, member.User.DisplayName, member.User.Email, member.User.AvatarUrl, member.Membership.Role, member.Membership.JoinedAt);
    }
}

/// <summary>An invitation in the list, without anything of its link.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Email">Who is meant, by address.</param>
/// <param name="RedditUsername">Who is meant, by Reddit name.</param>
/// <param name="Role">The role that waits.</param>
/// <param name="ExpiresAt">When the link ends (UTC).</param>
/// <param name="MailedAt">When the letter went (UTC).</param>
public sealed record TeamInvitation(Guid Id, string? Email, string? RedditUsername, MemberRole Role, DateTimeOffset ExpiresAt, DateTimeOffset? MailedAt)
{
    /// <summary>The row of an invitation.</summary>
    public static TeamInvitation Of(Invitation invitation)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        return new TeamInvitation(invitation.Id, invitation.Email, invitation.RedditUsername, invitation.Role, invitation.ExpiresAt, invitation.MailedAt);
    }
}

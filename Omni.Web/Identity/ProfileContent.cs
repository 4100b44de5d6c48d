using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>What the page of the profile shows.</summary>
/// <param name="Id">The account.</param>
/// <param name="DisplayName">Name as others see it.</param>
/// <param name="Email">Address.</param>
/// <param name="EmailConfirmed">True once the address was proved.</param>
/// <param name="AvatarUrl">Picture; null without one.</param>
/// <param name="HasTotp">True when sign-in asks for a code.</param>
/// <param name="CodesLeft">Recovery codes that were not used.</param>
/// <param name="Linked">Services the account can sign in with.</param>
/// <param name="Offered">Services this installation offers to sign in with.</param>
public sealed record ProfileContent(
    Guid Id, string DisplayName, string? Email, bool EmailConfirmed, string? AvatarUrl, bool HasTotp, int CodesLeft, IReadOnlyList<string> Linked, IReadOnlyList<string> Offered)
{
    /// <summary>The content for an account.</summary>
    public static ProfileContent Of(User user, bool hasTotp, int codesLeft, IReadOnlyList<string> linked, IReadOnlyList<string> offered)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new ProfileContent(user.Id, user.DisplayName, user.Email, user.EmailConfirmed, user.AvatarUrl, hasTotp, codesLeft, linked, offered);
    }
}

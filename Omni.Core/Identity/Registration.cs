using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>What somebody enters to get an account.</summary>
/// <param name="Email">E-mail address.</param>
/// <param name="Password">Password; null only for an account that signs in through another service.</param>
/// <param name="DisplayName">Name as others see it.</param>
/// <param name="OrganizationName">Name of a new organization; not used with an invitation.</param>
public sealed partial record Registration(string Email, string? Password, string DisplayName, string? OrganizationName)
{
    /// <summary>Short name, unique in the installation; null: one is made from the e-mail address.</summary>
    public string? Username { get; init; }

    /// <summary>The set-up code, for the first account.</summary>
    public string? SetupCode { get; init; }

    /// <summary>The invitation's token.</summary>
    public string? InvitationToken { get; init; }

    /// <summary>True when another service vouches for the address.</summary>
    public bool EmailProved { get; init; }

    /// <summary>True when another service signs the person in, so that no password is needed.</summary>
    public bool WithoutPassword { get; init; }

    /// <summary>What is wrong; null when nothing is.</summary>
    public Refusal? Check() => this switch
    {
        _ when !EmailAddress.IsValid(Email.Trim()) => new Refusal.Invalid("email", "An e-mail address such as name@example.com."),
        { DisplayName: var name } when string.IsNullOrWhiteSpace(name) || name.Trim().Length > 100 => new Refusal.Invalid("displayName", "A name, at most 100 characters."),
        { Username: { } username } when !UsernamePattern().IsMatch(username) => new Refusal.Invalid("username", "3 to 30 letters, digits, dots, hyphens or underscores, beginning with a letter."),
        { WithoutPassword: true, Password: null } => null,
        _ when Passwords.Judge(Password, Email) is { } weak => new Refusal.Invalid("password", weak),
        _ => null,
    };

    /// <summary>The account, still without password hash.</summary>
    internal User ToUser(DateTimeOffset now)
    {
        var username = Username ?? MadeUsername();
        return new User
        {
            Email = Email.Trim(),
            NormalizedEmail = EmailAddress.Normalize(Email),
            EmailConfirmed = EmailProved,
            UserName = username,
            NormalizedUserName = username.ToUpperInvariant(),
            DisplayName = DisplayName.Trim(),
            SecurityStamp = Tokens.New(""),
            CreatedAt = now,
        };
    }

    // Four random characters keep it unique without asking the database first.
    private string MadeUsername()
    {
        var name = string.Concat(Email.Split('@')[0].Where(c => char.IsAsciiLetterOrDigit(c)).Take(20)).ToLowerInvariant();
        return $"{(name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : "u" + name)}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 4)}";
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9._-]{2,29}\z", RegexOptions.CultureInvariant)]
    internal static partial Regex UsernamePattern();
}

#pragma warning disable CS1591 // the members are those of the public contract
namespace Omni.Web.Identity;

/// <summary>Body of a registration.</summary>
public sealed record RegisterBody(string? Email, string? Password, string? DisplayName, string? OrganizationName, string? Username, string? SetupCode, string? InvitationToken);

/// <summary>Body of a sign-in.</summary>
public sealed record LoginBody(string? Email, string? Password, string? Totp);

/// <summary>Body of a refresh; empty when the cookie carries the token.</summary>
public sealed record RefreshBody(string? RefreshToken);

/// <summary>Body with the token of a link.</summary>
public sealed record TokenBody(string? Token);

/// <summary>Body of a forgotten password.</summary>
public sealed record ForgotBody(string? Email);

/// <summary>Body of a new password by link.</summary>
public sealed record ResetBody(string? Token, string? Password);

/// <summary>Body of a changed password.</summary>
public sealed record ChangePasswordBody(string? Current, string? New);

/// <summary>Body of a switch to another organization.</summary>
public sealed record SwitchBody(Guid OrganizationId);

/// <summary>Body of the second factor: empty to begin, with a code to confirm, with the password to switch off.</summary>
public sealed record TotpBody(string? Code, string? Password);

/// <summary>Body of a new personal token.</summary>
public sealed record ApiTokenBody(string? Name, string[]? Scopes, DateTimeOffset? ExpiresAt);

/// <summary>Body of a changed profile.</summary>
public sealed record UserBody(string? DisplayName, string? Username, string? Email);

/// <summary>Body with the password, for what needs it again.</summary>
public sealed record PasswordBody(string? Password);

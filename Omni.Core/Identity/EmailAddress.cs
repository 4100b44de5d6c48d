using System.Net.Mail;

namespace Omni.Core.Identity;

/// <summary>E-mail addresses as people type them.</summary>
public static class EmailAddress
{
    /// <summary>The form in which addresses are compared and unique.</summary>
    public static string Normalize(string? email) => (email ?? "").Trim().ToUpperInvariant();

    /// <summary>True for something that a mail server may accept: <c>name@host</c>, at most 254 characters, no blanks or control characters.</summary>
    public static bool IsValid(string? email) =>
        email is { Length: > 2 and <= 254 } && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        && MailAddress.TryCreate(email, out var parsed) && parsed.Address == email && email[^1] != '.' && parsed.Host.Length > 1;
}

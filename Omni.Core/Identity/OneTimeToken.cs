using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>A link that works once: proves an e-mail address or allows a new password.</summary>
public sealed class OneTimeToken
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <summary>Whose account.</summary>
    public required Guid UserId { get; init; }

    /// <summary>What it allows.</summary>
    public required OneTimePurpose Purpose { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>The address it was meant for: a link to an address that was changed meanwhile proves nothing.</summary>
    public required string NormalizedEmail { get; init; }

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working (UTC).</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was used (UTC); null while it works.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>When a mail server took the letter (UTC); null: an administrator has to pass the link on.</summary>
    public DateTimeOffset? MailedAt { get; init; }

    /// <summary>How long a link for <paramref name="purpose"/> works.</summary>
    public static TimeSpan Lifetime(OneTimePurpose purpose) =>
        purpose == OneTimePurpose.ResetPassword ? TimeSpan.FromHours(1) : TimeSpan.FromHours(24);
}

/// <summary>What a link allows.</summary>
public enum OneTimePurpose
{
    /// <summary>Proves the e-mail address; 24 hours.</summary>
    VerifyEmail,

    /// <summary>Allows a new password; one hour.</summary>
    ResetPassword,
}

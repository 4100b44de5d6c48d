using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>One sign-in: a browser, a program with access tokens, or a personal API token. Everything a caller may do hangs on this row, so that ending it ends all of it.</summary>
public sealed class Session
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <summary>Whose session.</summary>
    public required Guid UserId { get; init; }

    /// <summary>Browser, program or personal token.</summary>
    public SessionKind Kind { get; init; }

    /// <summary>The organization it works in; null for a person who belongs to none.</summary>
    public Guid? OrganizationId { get; set; }

    /// <summary>What the caller says it is (user agent, at most 200 characters), or a personal token's name.</summary>
    public string Device { get; init; } = "";

    /// <summary>Network address at sign-in.</summary>
    public string? Address { get; init; }

    /// <summary>When it began (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Last use (UTC), at most a minute old.</summary>
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When it ends by itself (UTC). Moves forward while it is used, except for personal tokens.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was ended (UTC); null while it counts.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Why it was ended.</summary>
    public SessionEnd? EndedBy { get; set; }

    /// <summary>How long an unused session of a kind lasts.</summary>
    public static TimeSpan Lifetime(SessionKind kind) => kind == SessionKind.Browser ? TimeSpan.FromDays(14) : TokenPair.RefreshLifetime;
}

/// <summary>What carries a session.</summary>
public enum SessionKind
{
    /// <summary>A browser's cookie.</summary>
    Browser,

    /// <summary>Access and refresh tokens.</summary>
    Api,

    /// <summary>A personal API token.</summary>
    PersonalToken,
}

/// <summary>Why a session ended, or why an open circuit or stream must end.</summary>
public enum SessionEnd
{
    /// <summary>The person signed out.</summary>
    SignedOut,

    /// <summary>Ended from another session, or the token was deleted.</summary>
    Revoked,

    /// <summary>Its time was over.</summary>
    Expired,

    /// <summary>The password was changed.</summary>
    PasswordChanged,

    /// <summary>A refresh token came a second time: somebody copied it.</summary>
    TokenReused,

    /// <summary>The person was removed from the organization.</summary>
    Removed,

    /// <summary>The organization was suspended.</summary>
    Suspended,

    /// <summary>The person's role changed; the session itself still counts.</summary>
    RoleChanged,

    /// <summary>The account was deleted.</summary>
    AccountDeleted,
}

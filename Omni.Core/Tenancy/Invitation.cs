using Omni.Core.Common;

namespace Omni.Core.Tenancy;

/// <summary>A place in an organization that waits for somebody. Works once.</summary>
public sealed class Invitation : ITenantOwned
{
    /// <summary>How long an invitation works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>Who is meant, by e-mail; null when by Reddit name.</summary>
    public string? Email { get; init; }

    /// <summary>Who is meant, by Reddit name without <c>u/</c>; null when by e-mail.</summary>
    public string? RedditUsername { get; init; }

    /// <summary>The role that waits; never owner.</summary>
    public required MemberRole Role { get; init; }

    /// <summary>SHA-256 of the token; a new link replaces it.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Who invited.</summary>
    public required Guid InvitedById { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working (UTC).</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was used or withdrawn (UTC); null while it waits.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Who used it; null while it waits or when it was withdrawn.</summary>
    public Guid? UsedById { get; init; }

    /// <summary>When a mail server took the letter with the present link (UTC); null: the link must be passed on by hand.</summary>
    public DateTimeOffset? MailedAt { get; set; }
}

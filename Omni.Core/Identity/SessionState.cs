using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>A session as it stood a moment ago (at most 5 s), with everything that decides what its caller may do.</summary>
public sealed record SessionState
{
    /// <summary>The session.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>Whose.</summary>
    public required Guid UserId { get; init; }

    /// <summary>Browser, program or personal token.</summary>
    public required SessionKind Kind { get; init; }

    /// <summary>The person's name.</summary>
    public required string DisplayName { get; init; }

    /// <summary>True for administrators of the whole installation.</summary>
    public bool IsInstallationAdministrator { get; init; }

    /// <summary>The organization the session works in.</summary>
    public Guid? OrganizationId { get; init; }

    /// <summary>Scopes of a personal token; null for everything.</summary>
    public IReadOnlySet<string>? Scopes { get; init; }

    /// <summary>When it ends by itself (UTC).</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Last use (UTC).</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Why it ended; null while it counts.</summary>
    public SessionEnd? EndedBy { get; init; }

    /// <summary>Where the person belongs.</summary>
    public required IReadOnlyList<Place> Places { get; init; }

    /// <summary>The address of the present call; set per call.</summary>
    public string? Address { get; init; }

    /// <summary>Why a caller with this session is refused everything; null while it counts.</summary>
    public Refusal? Refusal => EndedBy is { } end ? Refuse(end) : null;

    /// <summary>The refusal for a session that ended.</summary>
    public static Refusal Refuse(SessionEnd end) => end == SessionEnd.Expired
        ? new Refusal.Unauthenticated("You were signed out because nothing happened for a while. Sign in again.") { Code = ErrorCode.SessionRevoked }
        : new Refusal.Unauthenticated("This session was ended. Sign in again.") { Code = ErrorCode.SessionRevoked };

    /// <summary>The actor in an organization: the session's own when <paramref name="organizationId"/> is null. A personal token acts in its own organization only.</summary>
    public Result<Actor> ActIn(Guid? organizationId = null)
    {
        if (Refusal is { } ended)
        {
            return ended;
        }

        var wanted = organizationId ?? OrganizationId;
        var place = wanted is { } id && (Kind != SessionKind.PersonalToken || id == OrganizationId)
            ? Places.FirstOrDefault(p => p.OrganizationId == id)
            : null;
        return place switch
        {
            null when organizationId is not null => new Refusal.NotFound("The organization"),
            null => new Refusal.Forbidden("You belong to no organization here. Ask for an invitation."),
            { Status: OrganizationStatus.Suspended } => Suspended(place.Name),
            _ => new Actor(UserId, place.OrganizationId, place.Role, SessionId)
            {
                DisplayName = DisplayName,
                Scopes = Scopes,
                IsInstallationAdministrator = IsInstallationAdministrator && Scopes is null,
                ByToken = Kind != SessionKind.Browser,
                Address = Address,
            },
        };
    }

    /// <summary>The refusal of everything in a suspended organization.</summary>
    public static Refusal Suspended(string organization) =>
        new Refusal.Forbidden($"{organization} is suspended. Ask the administrator of this installation.") { Code = ErrorCode.OrganizationSuspended };
}

/// <summary>A person's place in one organization.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">The person's role.</param>
/// <param name="Status">Whether it may work.</param>
public sealed record Place(Guid OrganizationId, string Name, MemberRole Role, OrganizationStatus Status);

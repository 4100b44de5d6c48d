using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>Who acts, in which organization, with which rights. Every use case takes one and decides from it; made only after session, membership and organization were checked.</summary>
/// <param name="UserId">The person; <see cref="Guid.Empty"/> for the program itself.</param>
/// <param name="OrganizationId">The organization the action happens in.</param>
/// <param name="Role">The person's role there.</param>
/// <param name="SessionId">The session or API token that carries the action.</param>
public sealed record Actor(Guid UserId, Guid OrganizationId, MemberRole Role, Guid SessionId)
{
    /// <summary>Name for activities and presence.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Scopes of an API token; null means everything the role allows.</summary>
    public IReadOnlySet<string>? Scopes { get; init; }

    /// <summary>True for administrators of the whole installation.</summary>
    public bool IsInstallationAdministrator { get; init; }

    /// <summary>True when the call came by token rather than from a browser session.</summary>
    public bool ByToken { get; init; }

    /// <summary>Network address of the caller, for the audit log; null when there is none.</summary>
    public string? Address { get; init; }

    /// <summary>The program itself, for jobs and workers.</summary>
    public static Actor System(Guid organizationId) => new(Guid.Empty, organizationId, MemberRole.Owner, Guid.Empty) { DisplayName = "Omni" };

    /// <summary>True when the role is at least <paramref name="role"/>.</summary>
    public bool Is(MemberRole role) => Role >= role;

    /// <summary>True when no scopes limit the actor or <paramref name="scope"/> is among them; <c>x:write</c> includes <c>x:read</c>.</summary>
    public bool Has(string scope) => Scopes is null || Scopes.Contains(scope)
        || (scope.EndsWith(":read", StringComparison.Ordinal) && Scopes.Contains(scope[..^4] + "write"));
}

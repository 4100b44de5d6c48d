using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Operations;

/// <summary>Who did what. Append only.</summary>
public sealed class AuditEntry : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>The person; null for the program itself.</summary>
    public Guid? UserId { get; init; }

    /// <summary>What happened, as <c>channel.connected</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it happened to, as <c>channel:{id}</c>.</summary>
    public string? Target { get; init; }

    /// <summary>Further members as JSON, never a secret.</summary>
    public string Data { get; init; } = "{}";

    /// <summary>Network address of the caller.</summary>
    public string? Address { get; init; }

    /// <summary>The session.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset At { get; init; }
}

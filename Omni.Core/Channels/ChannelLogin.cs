using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>Where a person is in a login at a platform that connects an account. Kept in the database, so that whichever node the person comes back to can go on.</summary>
public sealed class ChannelLogin : ITenantOwned
{
    /// <summary>Identity; the first part of the handle.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <inheritdoc/>
    public required Guid OrganizationId { get; init; }

    /// <summary>Platform and step, as <c>meta.begun</c>: a handle counts for nothing else.</summary>
    public required string Purpose { get; init; }

    /// <summary>Who logs in.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The session it was begun in.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>SHA-256 of the handle's secret part.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>What the next step needs, as sealed JSON.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>It counts until then (UTC).</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

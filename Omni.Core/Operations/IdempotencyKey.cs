using Omni.Core.Tenancy;

namespace Omni.Core.Operations;

/// <summary>The first answer to a creating call, kept for 24 hours so that a repeat gets the same one.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Key">The key that the caller chose.</param>
public sealed record IdempotencyKey(Guid OrganizationId, string Key) : ITenantOwned
{
    /// <summary>SHA-256 over caller, method, path and body: the same key with another request is refused.</summary>
    public byte[] RequestHash { get; init; } = [];

    /// <summary>The call that carries it out; a later one that took over after a crash has another.</summary>
    public Guid Owner { get; init; }

    /// <summary>HTTP status of the answer; null while the call is running.</summary>
    public int? Status { get; init; }

    /// <summary>Media type of the answer.</summary>
    public string? ContentType { get; init; }

    /// <summary>The answer's bytes.</summary>
    public byte[]? Body { get; init; }

    /// <summary>When the first call came (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Makes creating calls repeatable: of several with one key exactly one is carried out.</summary>
public interface IIdempotencyKeys
{
    /// <summary>Claims a key for a call.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="key">The caller's key.</param>
    /// <param name="requestHash">SHA-256 over what makes two calls the same.</param>
    /// <param name="ct">Stops waiting.</param>
    Task<IdempotencyClaim> ClaimAsync(Guid organizationId, string key, byte[] requestHash, CancellationToken ct);

    /// <summary>Keeps the answer of the call that holds the claim.</summary>
    Task CompleteAsync(Guid organizationId, string key, Guid owner, int status, string? contentType, byte[] body, CancellationToken ct);

    /// <summary>Gives the key back: the call failed and may be tried again.</summary>
    Task ReleaseAsync(Guid organizationId, string key, Guid owner, CancellationToken ct);
}

/// <summary>What a claim found.</summary>
public abstract record IdempotencyClaim
{
    private IdempotencyClaim()
    {
    }

    /// <summary>The caller carries the call out.</summary>
    /// <param name="Owner">Names the claim when completing or releasing it.</param>
    public sealed record Claimed(Guid Owner) : IdempotencyClaim;

    /// <summary>The call was carried out before.</summary>
    /// <param name="Status">HTTP status of the first answer.</param>
    /// <param name="ContentType">Its media type.</param>
    /// <param name="Body">Its bytes.</param>
    public sealed record Answered(int Status, string? ContentType, byte[] Body) : IdempotencyClaim;

    /// <summary>Another call with this key is running now.</summary>
    public sealed record Running : IdempotencyClaim;

    /// <summary>The key was used for another request.</summary>
    public sealed record OtherRequest : IdempotencyClaim;
}

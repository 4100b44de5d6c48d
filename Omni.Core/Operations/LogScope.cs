using System.Collections;

namespace Omni.Core.Operations;

/// <summary>Whom the work is for: every line logged inside <c>logger.BeginScope(new LogScope(…))</c> carries it.</summary>
/// <param name="organizationId">The organization; null outside of any.</param>
/// <param name="userId">The person; null for the program itself.</param>
public sealed class LogScope(Guid? organizationId, Guid? userId = null) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>Name of the organization's member.</summary>
    public const string OrganizationId = "organizationId";

    /// <summary>Name of the person's member.</summary>
    public const string UserId = "userId";

    private readonly KeyValuePair<string, object?>[] _members = [new(OrganizationId, organizationId), new(UserId, userId)];

    /// <inheritdoc/>
    public int Count => _members.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => _members[index];

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _members.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

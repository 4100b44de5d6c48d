namespace Omni.Core.Common;

/// <summary>Locks by name, over all nodes.</summary>
public interface IAdvisoryLocks
{
    /// <summary>Waits for the lock and holds it until the unit of work ends.</summary>
    /// <param name="db">The unit of work that holds it.</param>
    /// <param name="name">What is locked.</param>
    /// <param name="ct">Stops waiting.</param>
    Task HoldAsync(IOmniDb db, string name, CancellationToken ct);
}

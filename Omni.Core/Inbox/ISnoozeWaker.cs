namespace Omni.Core.Inbox;

/// <summary>Brings snoozed conversations back when their time has come. Called by a job every few seconds on one node.</summary>
public interface ISnoozeWaker
{
    /// <summary>Wakes what is due. May be called again at once when it failed half-way.</summary>
    /// <returns>How many conversations woke.</returns>
    Task<int> WakeDueAsync(CancellationToken ct);
}

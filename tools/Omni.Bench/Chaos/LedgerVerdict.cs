namespace Omni.Bench.Chaos;

/// <summary>What a run shows when everything that was sent is held against everything that is there. All must be 0.</summary>
/// <param name="Lost">Acknowledged and not there.</param>
/// <param name="Doubled">There more than once, or sent by the platform more than once.</param>
/// <param name="OutOfOrder">Before something that it comes after, on the screen or at the platform.</param>
/// <param name="Foreign">Rows or answers of the API that hold another organization's marks.</param>
/// <param name="Stuck">Not at its end although the load is over: queued, unacknowledged, or in a state that the platform has contradicted.</param>
/// <param name="Ghosts">There although nobody sent it.</param>
internal sealed record LedgerVerdict(int Lost, int Doubled, int OutOfOrder, int Foreign, int Stuck, int Ghosts)
{
    /// <summary>Whether all is 0.</summary>
    internal bool IsClean => Lost + Doubled + OutOfOrder + Foreign + Stuck + Ghosts == 0;
}

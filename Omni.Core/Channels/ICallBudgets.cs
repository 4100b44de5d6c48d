namespace Omni.Core.Channels;

/// <summary>How many calls of a platform are left, where it counts them per app and not per account: one budget for all organizations, accounts and nodes.</summary>
public interface ICallBudgets
{
    /// <summary>Takes one call, if enough are left.</summary>
    /// <param name="key">Whose budget: platform and app.</param>
    /// <param name="perMinute">Calls added per minute; as many may come at once.</param>
    /// <param name="reserve">Calls that must be left for others afterwards: the less urgent a call, the more.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Zero when it may be made; otherwise how long to wait.</returns>
    Task<TimeSpan> TakeAsync(string key, int perMinute, int reserve, CancellationToken ct);

    /// <summary>Notes what the platform itself says is left: others may use the same app.</summary>
    /// <param name="key">Whose budget.</param>
    /// <param name="left">Calls left in the platform's window.</param>
    /// <param name="reset">When that window ends.</param>
    /// <param name="ct">Stops.</param>
    Task ReportAsync(string key, double left, TimeSpan reset, CancellationToken ct);
}

/// <summary>A budget as it stands.</summary>
/// <param name="Key">Whose it is.</param>
public sealed record CallBudget(string Key)
{
    /// <summary>Calls left when it was counted last.</summary>
    public double Left { get; set; }

    /// <summary>When that was (UTC).</summary>
    public DateTimeOffset CountedAt { get; set; }

    /// <summary>No call before (UTC); null when calls may be made.</summary>
    public DateTimeOffset? BlockedUntil { get; set; }
}

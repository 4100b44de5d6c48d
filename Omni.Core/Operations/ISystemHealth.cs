namespace Omni.Core.Operations;

/// <summary>Tells how the installation is. Answers within a second whatever hangs.</summary>
public interface ISystemHealth
{
    /// <summary>How it is now, at most a second old.</summary>
    Task<SystemHealthReport> CheckAsync(CancellationToken ct);
}

/// <summary>How the installation is.</summary>
/// <param name="Status">healthy; degraded when a part is missing that Omni can do without for a while; unhealthy when it cannot work.</param>
/// <param name="Database">connected, or disconnected.</param>
/// <param name="Redis">connected, disconnected, or notConfigured.</param>
/// <param name="Platforms">For each platform with channels: connected, or degraded when none of them works.</param>
/// <param name="Uptime">How long this node has been running.</param>
/// <param name="Version">Its version.</param>
/// <param name="Ready">Whether it can take requests: schema up to date, database reachable, workers started.</param>
public sealed record SystemHealthReport(
    string Status, string Database, string Redis, IReadOnlyDictionary<string, string> Platforms, TimeSpan Uptime, string Version, bool Ready);

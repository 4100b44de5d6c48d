using Omni.Core.Operations;

namespace Omni.Web.Operations;

/// <summary><c>/health</c> for people and monitors, <c>/health/live</c> and <c>/health/ready</c> for what starts and balances nodes.</summary>
internal static class HealthEndpoints
{
    internal static async Task<IResult> GetAsync(ISystemHealth health, CancellationToken ct)
    {
        var report = await health.CheckAsync(ct);
        var body = new
        {
            status = report.Status,
            database = report.Database,
            redis = report.Redis,
            platforms = report.Platforms,
            uptime = Uptime(report.Uptime),
            version = report.Version,
        };
        return Results.Json(body, statusCode: StatusOf(report.Status != "unhealthy"));
    }

    /// <summary>The process runs and answers; says nothing about what it needs.</summary>
    internal static IResult Live() => Results.Json(new { status = "alive" });

    internal static async Task<IResult> ReadyAsync(ISystemHealth health, CancellationToken ct)
    {
        var report = await health.CheckAsync(ct);
        return Results.Json(new { status = report.Ready ? "ready" : "notReady", database = report.Database }, statusCode: StatusOf(report.Ready));
    }

    /// <summary>48h32m15s.</summary>
    internal static string Uptime(TimeSpan time) => $"{(long)time.TotalHours}h{time.Minutes}m{time.Seconds}s";

    private static int StatusOf(bool good) => good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
}

using Npgsql;
using Quartz;

namespace Omni.Infrastructure.Operations.Jobs;

/// <summary>What runs when. The schedule lies in the database, so that of several nodes one runs each job.</summary>
internal static class JobSchedule
{
    internal static readonly TimeSpan SnoozeEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Hourly = TimeSpan.FromHours(1);

    /// <summary>Sets up the scheduler, its tables and the jobs.</summary>
    /// <param name="quartz">The scheduler's settings.</param>
    /// <param name="connectionString">The login role, which owns the scheduler's tables as all others.</param>
    /// <param name="nodeId">Name of this node, unique among those that run now.</param>
    internal static void Configure(IQuartzBuilder quartz, string connectionString, string nodeId)
    {
        quartz.ConfigureScheduler(o =>
        {
            o.InstanceName = "omni";
            o.InstanceId = nodeId;
        });
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(NpgsqlFactory.Instance, Few(connectionString));
            store.ProvisionSchema();
            store.UseSystemTextJsonSerializer();
            store.UseClustering(c =>
            {
                c.CheckinInterval = TimeSpan.FromSeconds(2);
                c.CheckinMisfireThreshold = TimeSpan.FromSeconds(4);
            });
        });
        Every<SnoozeJob>(quartz, SnoozeEvery, TimeSpan.Zero);
        // Not all installations of the world at the full hour, and not all jobs right at the start.
        Every<RetentionJob>(quartz, Hourly, Random.Shared.NextDouble() * TimeSpan.FromMinutes(10));
        Every<DigestJob>(quartz, TimeSpan.FromMinutes(5), Random.Shared.NextDouble() * TimeSpan.FromMinutes(5));
        Every<HealthProbeJob>(quartz, Hourly, Random.Shared.NextDouble() * Hourly);
        Every<TokenRenewalJob>(quartz, TimeSpan.FromMinutes(5), Random.Shared.NextDouble() * TimeSpan.FromMinutes(5)); // some live an hour only
    }

    private static void Every<T>(IQuartzBuilder quartz, TimeSpan period, TimeSpan delay) where T : IJob
    {
        quartz.ScheduleJob<T>(trigger => trigger
            .WithIdentity(typeof(T).Name)
            .StartAt(TimeProvider.System.GetUtcNow() + delay)
            .WithSimpleSchedule(s => s.WithInterval(period).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithExistingCount)),
            job => job.WithIdentity(typeof(T).Name));
    }

    // A pool of its own, small: jobs must not take connections from requests.
    private static string Few(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 6, MinPoolSize = 0, ApplicationName = "omni jobs" }.ConnectionString;
}

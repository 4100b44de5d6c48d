using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Omni.Core.Operations;
using Omni.Infrastructure.Operations.Jobs;
using Omni.Infrastructure.Operations.Retention;
using Quartz;

namespace Omni.Infrastructure.Operations;

public static partial class OperationsModule
{
    /// <summary>Registers jobs, clean-up, health and metrics. Needs <see cref="AddOmniOptions"/>, <c>AddData</c>, <c>AddEvents</c>, an <c>ISnoozeWaker</c>, an <c>IChannelProbe</c>, <c>IChannelTokens</c> and <c>IDigests</c>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">How to reach PostgreSQL as the role that owns the schema.</param>
    /// <param name="nodeId">Name of this node, unique among those that run now.</param>
    public static IServiceCollection AddOperations(this IServiceCollection services, string connectionString, string nodeId)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<OmniMetrics>();
        services.AddQuartz(q => JobSchedule.Configure(q, connectionString, nodeId));
        services.AddSingleton<JobsService>();
        services.AddHostedService(p => p.GetRequiredService<JobsService>());
        services.AddSingleton<RetentionRun>();
        foreach (var rule in RetentionRules.All)
        {
            services.AddSingleton(rule);
        }

        services.AddHostedService<QueueSampler>();
        services.AddSingleton<ISystemHealth, SystemHealth>();
        return services;
    }
}

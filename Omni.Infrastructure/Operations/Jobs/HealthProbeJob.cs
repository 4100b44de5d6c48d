using Omni.Core.Channels;
using Quartz;

namespace Omni.Infrastructure.Operations.Jobs;

/// <summary>Probes the connected channels.</summary>
[DisallowConcurrentExecution]
internal sealed class HealthProbeJob(IChannelProbe probe) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await probe.ProbeAsync(cancellationToken);
}

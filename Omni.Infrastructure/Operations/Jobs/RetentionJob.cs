using Omni.Infrastructure.Operations.Retention;
using Quartz;

namespace Omni.Infrastructure.Operations.Jobs;

/// <summary>Removes what is too old.</summary>
[DisallowConcurrentExecution]
internal sealed class RetentionJob(RetentionRun run) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await run.RunAsync(cancellationToken);
}

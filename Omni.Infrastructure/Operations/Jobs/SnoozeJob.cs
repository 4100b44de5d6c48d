using Omni.Core.Inbox;
using Quartz;

namespace Omni.Infrastructure.Operations.Jobs;

/// <summary>Wakes snoozed conversations.</summary>
[DisallowConcurrentExecution]
internal sealed class SnoozeJob(ISnoozeWaker waker) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await waker.WakeDueAsync(cancellationToken);
}

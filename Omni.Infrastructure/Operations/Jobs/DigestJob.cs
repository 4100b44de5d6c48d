using Omni.Core.Notifications;
using Quartz;

namespace Omni.Infrastructure.Operations.Jobs;

/// <summary>Sends letters about what people have not seen.</summary>
[DisallowConcurrentExecution]
internal sealed class DigestJob(IDigests digests) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await digests.SendDueAsync(cancellationToken);
}

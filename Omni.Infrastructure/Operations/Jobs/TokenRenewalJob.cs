using Omni.Core.Channels;
using Quartz;

namespace Omni.Infrastructure.Operations.Jobs;

/// <summary>Exchanges channels' tokens before they end.</summary>
[DisallowConcurrentExecution]
internal sealed class TokenRenewalJob(IChannelTokens tokens) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await tokens.RenewAsync(cancellationToken);
}

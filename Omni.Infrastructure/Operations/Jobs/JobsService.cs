using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Omni.Core.Operations;
using Quartz;

namespace Omni.Infrastructure.Operations.Jobs;

/// <summary>
/// Runs the jobs on nodes with the role <c>worker</c>. Starts after the host rather than before it: making or checking the tables
/// of the scheduler takes longer than everything else, and nobody who opens a page waits for it.
/// </summary>
internal sealed partial class JobsService(
    ISchedulerFactory schedulers, IHostApplicationLifetime lifetime, IOptions<OmniOptions> options, TimeProvider clock, ILogger<JobsService> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(15);

    private IScheduler? _scheduler;

    /// <summary>Whether the jobs run, or this node has none.</summary>
    internal bool IsReady => !options.Value.RunsWorkers || _scheduler is { Status: SchedulerStatus.Running };

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_scheduler is { } scheduler)
        {
            // A job whose database went away in the middle may never report its end.
            try
            {
                await Task.Run(() => EndAsync(scheduler, cancellationToken), cancellationToken).WaitAsync(LongestEnd, clock, cancellationToken);
            }
            catch (TimeoutException late)
            {
                LogNotEnded(logger, late);
            }
        }
    }

    private static async Task EndAsync(IScheduler scheduler, CancellationToken ct) => await scheduler.Shutdown(waitForJobsToComplete: true, ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var one = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        while (options.Value.RunsWorkers && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                var scheduler = await schedulers.GetScheduler(stoppingToken);
                await scheduler.Start(stoppingToken);
                _scheduler = scheduler;
                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotStarted(logger, failure);
                await Task.Delay(RetryPause, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A job did not end in time; the program stops without it")]
    private static partial void LogNotEnded(ILogger logger, Exception late);

    [LoggerMessage(LogLevel.Error, "The jobs could not be started; trying again")]
    private static partial void LogNotStarted(ILogger logger, Exception failure);
}

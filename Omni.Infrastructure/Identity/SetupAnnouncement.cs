using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Omni.Core.Identity;

namespace Omni.Infrastructure.Identity;

/// <summary>Prints the set-up code at start while nobody has an account. To the terminal, not to the log: logs are collected.</summary>
internal sealed partial class SetupAnnouncement(
    SetupCode code, IPublicAddress address, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<SetupAnnouncement> log) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var one = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        if (await IsNeededAsync(stoppingToken))
        {
            await Console.Out.WriteLineAsync($"Nobody has an account yet. Open {address.Of("/register")} on this machine, or anywhere with the set-up code {code.Value}");
        }
    }

    // The database may go away at any moment, also in the first seconds; the program must not end with it.
    private async Task<bool> IsNeededAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await code.IsNeededAsync(ct);
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                Failed(failure);
                await Task.Delay(RetryPause, clock, ct);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether anybody has an account could not be read; trying again")]
    private partial void Failed(Exception failure);
}

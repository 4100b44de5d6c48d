using Microsoft.Extensions.Hosting;
using Omni.Core.Identity;

namespace Omni.Infrastructure.Identity;

/// <summary>Prints the set-up code at start while nobody has an account. To the terminal, not to the log: logs are collected.</summary>
internal sealed class SetupAnnouncement(SetupCode code, IPublicAddress address, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var one = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        if (await code.IsNeededAsync(stoppingToken))
        {
            await Console.Out.WriteLineAsync($"Nobody has an account yet. Open {address.Of("/register")} on this machine, or anywhere with the set-up code {code.Value}");
        }
    }
}

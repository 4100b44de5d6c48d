using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Omni.Core.Identity;

namespace Omni.Infrastructure.Identity;

/// <summary>Looks at every open circuit's and stream's session every three seconds, so that one that ended elsewhere ends here even when no hint came.</summary>
internal sealed partial class SessionSweep(SessionRegistry registry, TimeProvider clock, ILogger<SessionSweep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SessionRegistry.SweepEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await registry.SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The database is away. Whatever a watched session does next is checked on its own.
                Failed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sessions could not be looked at; trying again")]
    private partial void Failed(Exception failure);
}

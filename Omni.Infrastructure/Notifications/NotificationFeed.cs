using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Omni.Infrastructure.Events;

namespace Omni.Infrastructure.Notifications;

/// <summary>Makes notifications of committed events: one node at a time reads the feed from a place of its own, which is kept in the database, so that a restart neither skips nor repeats.</summary>
internal sealed partial class NotificationFeed(
    EventFeedReader feed, NotificationProducer producer, NpgsqlDataSource source, TimeProvider clock, ILogger<NotificationFeed> logger) : BackgroundService
{
    /// <summary>Name of the place.</summary>
    internal const string Name = "notifications";

    private const int BatchSize = 500;

    // The place moves on also when nothing happens, so that a takeover does not begin hours back.
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly FeedLease _lease = new(source, Name);
    private bool _failing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await _lease.ReleaseAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            LogFailed(logger, failure); // the claim runs out by itself
        }
    }

    /// <summary>One look at the feed.</summary>
    /// <returns>Whether there is probably more.</returns>
    internal async Task<bool> LookAsync(CancellationToken ct)
    {
        if (!await _lease.HoldAsync(ct))
        {
            return false;
        }

        var place = _lease.Place;
        var sweep = await feed.SweepAsync(place, BatchSize, (_, name) => !EventCauses.Tells(name), ct);
        if (sweep.News.Count > 0)
        {
            await producer.ProduceAsync(sweep.News, ct);
        }

        if (place is null || sweep.Foreign || sweep.Count > 0 || clock.GetUtcNow() - place.At > SaveEvery)
        {
            return await _lease.AdvanceAsync(sweep.Place, ct) && sweep.Full;
        }

        return false;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            try
            {
                while (await LookAsync(stoppingToken))
                {
                    stoppingToken.ThrowIfCancellationRequested();
                }

                _failing = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogFailed(logger, failure);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "Notifications cannot be made right now; trying again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}

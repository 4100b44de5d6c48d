using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Events;

/// <summary>
/// Tells this process what other processes committed: reads the feed twice a second from its own place, which starts at "now", and
/// announces what no hint announced before. With it nodes see each other's changes within a second also without Redis.
/// </summary>
internal sealed partial class EventFeed(EventFeedReader reader, EventBus bus, OmniMetrics metrics, TimeProvider clock, ILogger<EventFeed> logger)
    : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Events of one look.</summary>
    internal const int BatchSize = 2_000;

    /// <summary>After so long without a look everything on screen is read again instead.</summary>
    internal static readonly TimeSpan LongestAbsence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Alarm = TimeSpan.FromSeconds(2);

    private FeedCursor? _place;
    private bool _late;
    private bool _away;

    /// <summary>One look at the feed.</summary>
    /// <returns>Whether there is probably more.</returns>
    internal async Task<bool> LookAsync(CancellationToken ct)
    {
        var absent = _place is not null && clock.GetUtcNow() - _place.At > LongestAbsence;
        var sweep = await reader.SweepAsync(absent ? null : _place, BatchSize, (id, _) => bus.WasAnnounced(id), ct);
        _place = sweep.Foreign ? null : sweep.Place;
        bus.Announce(sweep.News);
        if (absent || sweep.Foreign)
        {
            bus.RaiseGap();
        }

        Report(sweep.Lag);
        return sweep.Full || sweep.Foreign;
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

                ReportReturn();
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                ReportAbsence(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Report(TimeSpan lag)
    {
        metrics.FeedLag(lag);
        if (lag >= Alarm != _late)
        {
            _late = !_late;
            if (_late)
            {
                LogLate(logger, lag.TotalSeconds);
            }
            else
            {
                LogCaughtUp(logger);
            }
        }
    }

    private void ReportAbsence(Exception failure)
    {
        if (!_away)
        {
            _away = true;
            LogAway(logger, failure);
        }
    }

    private void ReportReturn()
    {
        if (_away)
        {
            _away = false;
            LogBack(logger);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The event feed is {Seconds:F1} s behind: a long transaction is running")]
    private static partial void LogLate(ILogger logger, double seconds);

    [LoggerMessage(LogLevel.Information, "The event feed has caught up")]
    private static partial void LogCaughtUp(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "The event feed cannot reach the database; it goes on when it can")]
    private static partial void LogAway(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Information, "The event feed reaches the database again")]
    private static partial void LogBack(ILogger logger);
}

using Omni.Web.Shared;

namespace Omni.Web.Inbox;

/// <summary>Moments people snooze to, in the reader's zone.</summary>
public static class SnoozePresets
{
    private const int Morning = 9;
    private const int Evening = 18;

    /// <summary>The choices that lie ahead, soonest first, as UTC moments.</summary>
    public static IReadOnlyList<(string Name, DateTimeOffset At)> For(Reader reader, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var local = reader.Local(now);
        var today = local.Date;
        var monday = today.AddDays(((int)DayOfWeek.Monday - (int)today.DayOfWeek + 7) % 7 is var days and > 0 ? days : 7);
        (string Name, DateTimeOffset At)[] all =
        [
            ("Later today", now + TimeSpan.FromHours(3)),
            ("This evening", Moment(reader, today.AddHours(Evening))),
            ("Tomorrow morning", Moment(reader, today.AddDays(1).AddHours(Morning))),
            ("Next Monday", Moment(reader, monday.AddHours(Morning))),
            ("In a month", Moment(reader, today.AddMonths(1).AddHours(Morning))),
        ];
        return [.. all.Where(c => c.At > now.AddMinutes(30)).DistinctBy(c => c.At).OrderBy(c => c.At)];
    }

    /// <summary>A wall-clock time of the reader as a UTC moment. A time that daylight saving skips moves an hour on.</summary>
    public static DateTimeOffset Moment(Reader reader, DateTime wall)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var time = DateTime.SpecifyKind(wall, DateTimeKind.Unspecified);
        if (reader.Zone.IsInvalidTime(time))
        {
            time = time.AddHours(1);
        }

        return new DateTimeOffset(time, reader.Zone.GetUtcOffset(time)).ToUniversalTime();
    }
}

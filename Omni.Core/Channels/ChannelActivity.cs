namespace Omni.Core.Channels;

/// <summary>What came in at a channel lately, and whether it is quieter than usual.</summary>
/// <param name="Days">The last fourteen days of the organization's calendar, today last.</param>
/// <param name="Silence">Set when messages are missing; null when all is as usual.</param>
public sealed record ChannelActivity(IReadOnlyList<ActivityDay> Days, ChannelSilence? Silence)
{
    /// <summary>How far back hours are read: four weeks to compare with, and the day they are compared at.</summary>
    public const int DaysRead = 29;

    private const int DaysShown = 14;
    private const int Weeks = 4;

    /// <summary>Fewer expected messages than this prove nothing when they do not come: by chance that happens once in 150 times.</summary>
    private const int LeastExpected = 5;

    private static readonly TimeSpan LeastQuiet = TimeSpan.FromHours(3);
    private static readonly TimeSpan MostCompared = TimeSpan.FromHours(24);

    /// <summary>Nothing is known.</summary>
    public static ChannelActivity None { get; } = new([], null);

    /// <summary>Sums up hours.</summary>
    /// <param name="traffic">The hours in which anything came.</param>
    /// <param name="createdAt">When the channel was connected (UTC).</param>
    /// <param name="lastInboundAt">Its newest message (UTC); null when there was none.</param>
    /// <param name="now">The present moment (UTC).</param>
    public static ChannelActivity Of(ChannelTraffic traffic, DateTimeOffset createdAt, DateTimeOffset? lastInboundAt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(traffic.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var byDay = traffic.Hours.GroupBy(h => DayOf(h.Hour, zone)).ToDictionary(d => d.Key, d => d.Sum(h => h.Received));
        var today = DayOf(now, zone);
        var days = Enumerable.Range(1 - DaysShown, DaysShown).Select(i => today.AddDays(i)).Select(d => new ActivityDay(d, byDay.GetValueOrDefault(d))).ToList();
        return new ChannelActivity(days, SilenceOf(traffic.Hours, createdAt, lastInboundAt, now, today.DayOfWeek));
    }

    // The same hours of the same weekday in the weeks before: nights and Sundays are quiet by themselves.
    private static ChannelSilence? SilenceOf(IReadOnlyList<HourCount> hours, DateTimeOffset createdAt, DateTimeOffset? lastInboundAt, DateTimeOffset now, DayOfWeek weekday)
    {
        if (lastInboundAt is not { } last || now - last < LeastQuiet)
        {
            return null;
        }

        var span = now - last < MostCompared ? now - last : MostCompared;
        var (weeks, received) = (0, 0);
        for (var week = 1; week <= Weeks; week++)
        {
            var end = now.AddDays(-7 * week);
            var start = end - span;
            if (start >= createdAt)
            {
                weeks++;
                received += hours.Where(h => h.Hour >= start && h.Hour < end).Sum(h => h.Received);
            }
        }

        var usual = weeks == 0 ? 0 : received / weeks;
        return usual >= LeastExpected ? new ChannelSilence(last, usual, weekday) : null;
    }

    private static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}

/// <summary>Messages of one day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Received">Messages received.</param>
public sealed record ActivityDay(DateOnly Day, int Received);

/// <summary>A channel that is quieter than usual.</summary>
/// <param name="Since">Its newest message (UTC).</param>
/// <param name="Usual">How many messages usually come in such a time, at most 24 hours, on this weekday.</param>
/// <param name="Weekday">The weekday.</param>
public sealed record ChannelSilence(DateTimeOffset Since, int Usual, DayOfWeek Weekday);

/// <summary>What came in at a channel, hour by hour.</summary>
/// <param name="TimeZone">Time zone of the organization (IANA).</param>
/// <param name="Hours">Hours in which anything came, of the last <see cref="ChannelActivity.DaysRead"/> days.</param>
public sealed record ChannelTraffic(string TimeZone, IReadOnlyList<HourCount> Hours)
{
    /// <summary>Nothing came.</summary>
    public static ChannelTraffic None { get; } = new("UTC", []);
}

/// <summary>Messages of one hour.</summary>
/// <param name="Hour">Beginning of the hour (UTC).</param>
/// <param name="Received">Messages received.</param>
public sealed record HourCount(DateTimeOffset Hour, int Received);

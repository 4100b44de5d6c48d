namespace Omni.Core.Widget;

/// <summary>Tells from a week's hours whether the team is there.</summary>
/// <param name="hours">The hours; none means always.</param>
/// <param name="zone">Where they are meant.</param>
public sealed class WidgetHours(IReadOnlyList<WidgetHour> hours, TimeZoneInfo zone)
{
    /// <summary>The zone of this IANA name; UTC when this machine does not know it.</summary>
    public static TimeZoneInfo Zone(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>True when the moment lies within the hours.</summary>
    public bool IsOpen(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        return hours.Any(h => h.Day == local.DayOfWeek && time >= h.From && (h.To == TimeOnly.MinValue || time < h.To));
    }

    /// <summary>When the next hours begin (UTC); null when there are none.</summary>
    public DateTimeOffset? NextOpening(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return Enumerable.Range(0, 8)
            .SelectMany(ahead => hours.Where(h => h.Day == today.AddDays(ahead).DayOfWeek).Select(h => At(today.AddDays(ahead), h.From)))
            .Where(at => at > now).Select(at => (DateTimeOffset?)at).DefaultIfEmpty().Min();
    }

    private DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        // An hour that the clocks leave out begins when it is over.
        return new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(zone.IsInvalidTime(local) ? local.AddHours(1) : local, zone));
    }
}

using Omni.Core.Widget;

namespace Omni.Web.Widget;

/// <summary>One stretch of the week while somebody edits it.</summary>
/// <param name="hour">As it is stored.</param>
public sealed class WidgetHourForm(WidgetHour hour)
{
    /// <summary>The day.</summary>
    public DayOfWeek Day { get; set; } = hour.Day;

    /// <summary>Beginning.</summary>
    public TimeOnly From { get; set; } = hour.From;

    /// <summary>End; midnight is the end of the day.</summary>
    public TimeOnly To { get; set; } = hour.To;

    /// <summary>The stretch as it is entered now.</summary>
    public WidgetHour Read() => new() { Day = Day, From = From, To = To };
}

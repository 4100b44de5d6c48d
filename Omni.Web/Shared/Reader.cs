using System.Globalization;

namespace Omni.Web.Shared;

/// <summary>Where the person in front of the screen is, as far as showing times needs it. Cascades to every page.</summary>
/// <param name="Zone">Time zone of the browser; UTC until it is known.</param>
public sealed record Reader(TimeZoneInfo Zone)
{
    /// <summary>Name of the cookie in which the browser tells its IANA time zone.</summary>
    public const string ZoneCookie = "omni.zone";

    private static readonly CultureInfo Words = CultureInfo.InvariantCulture;

    /// <summary>A reader in the zone of the given IANA name; UTC when the name is unknown.</summary>
    public static Reader In(string? zone) => new(
        zone is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : TimeZoneInfo.Utc);

    /// <summary>The reader's wall clock at a moment.</summary>
    public DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    /// <summary>How long ago in the fewest characters: now, 6 min, 3 h, Yesterday, Mon, 14 Jun, 14 Jun 2025. The script times.js says the same.</summary>
    public string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var age = now - at;
        if (age < TimeSpan.FromMinutes(1))
        {
            return "now";
        }

        var (then, today) = (Local(at), Local(now));
        var days = (today.Date - then.Date).Days;
        return age switch
        {
            { TotalMinutes: < 60 } => $"{(int)age.TotalMinutes} min",
            _ when days == 0 || age.TotalHours < 6 => $"{(int)age.TotalHours} h",
            _ when days == 1 => "Yesterday",
            _ when days < 7 => then.ToString("ddd", Words),
            _ => then.ToString(then.Year == today.Year ? "d MMM" : "d MMM yyyy", Words),
        };
    }

    /// <summary>The exact moment: Sat 21 Nov 2026, 14:39:05.</summary>
    public string Exact(DateTimeOffset at) => Local(at).ToString("ddd d MMM yyyy, HH:mm:ss", Words);

    /// <summary>Hours and minutes.</summary>
    public string Clock(DateTimeOffset at) => Local(at).ToString("HH:mm", Words);

    /// <summary>A day as a heading: Today, Yesterday, Thursday 12 November.</summary>
    public string Day(DateTimeOffset at, DateTimeOffset now)
    {
        var (day, today) = (Local(at).Date, Local(now).Date);
        return (today - day).Days switch
        {
            0 => "Today",
            1 => "Yesterday",
            _ => day.ToString(day.Year == today.Year ? "dddd d MMMM" : "d MMMM yyyy", Words),
        };
    }

    /// <summary>A moment to come: 14:00, tomorrow 09:00, Mon 09:00, 3 Dec 09:00.</summary>
    public string Soon(DateTimeOffset at, DateTimeOffset now)
    {
        var (then, today) = (Local(at), Local(now));
        return (then.Date - today.Date).Days switch
        {
            0 => then.ToString("HH:mm", Words),
            1 => $"tomorrow {then.ToString("HH:mm", Words)}",
            > 1 and < 7 => then.ToString("ddd HH:mm", Words),
            _ => then.ToString("d MMM HH:mm", Words),
        };
    }

    /// <summary>A span that is left: 22 h, 1 h 40 m, 12 m. Minutes only below two hours.</summary>
    public static string Left(TimeSpan span) => span switch
    {
        { TotalHours: >= 48 } => $"{(int)span.TotalDays} d",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} h",
        { TotalHours: >= 1 } => $"1 h {span.Minutes} m",
        _ => $"{Math.Max(1, (int)span.TotalMinutes)} m",
    };
}

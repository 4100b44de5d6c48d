namespace Omni.Web.Identity;

/// <summary>Short names of browsers and programs.</summary>
public static class Devices
{
    private static readonly (string Mark, string Name)[] Browsers = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    private static readonly (string Mark, string Name)[] Systems = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux")];

    /// <summary>"Firefox on Windows"; the beginning of what a program says of itself otherwise.</summary>
    /// <param name="userAgent">The user agent as sent.</param>
    public static string Name(string? userAgent)
    {
        var agent = userAgent ?? "";
        var browser = Browsers.FirstOrDefault(b => agent.Contains(b.Mark, StringComparison.Ordinal)).Name;
        var system = Systems.FirstOrDefault(s => agent.Contains(s.Mark, StringComparison.Ordinal)).Name;
        return (browser, system) switch
        {
            (not null, not null) => $"{browser} on {system}",
            (not null, null) => browser,
            _ when agent.Length == 0 => "Unknown program",
            _ => agent.Length <= 60 ? agent : $"{agent[..60]}…",
        };
    }
}

namespace Omni.Core.Widget;

/// <summary>Compares the origin of a page with the sites that may show a chat.</summary>
public static class WidgetOrigins
{
    private const string AnySub = "*.";

    /// <summary>True for an exact origin (<c>https://shop.example.com</c>, <c>http://localhost:8080</c>) and for <c>*.example.com</c>.</summary>
    public static bool IsSite(string? site)
    {
        if (site is null or { Length: > 253 })
        {
            return false;
        }

        if (site.StartsWith(AnySub, StringComparison.Ordinal))
        {
            var host = site[AnySub.Length..];
            return host.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(host) == UriHostNameType.Dns && !host.StartsWith('.');
        }

        return Read(site) is { } uri && uri.GetLeftPart(UriPartial.Authority).Equals(site, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True when a page of this origin is on one of the sites. <c>*.example.com</c> holds every host below it, by http or https, but not the host itself.</summary>
    /// <param name="origin">The origin as the browser sends it.</param>
    /// <param name="sites">The sites.</param>
    public static bool Allows(string origin, IEnumerable<string> sites)
    {
        ArgumentNullException.ThrowIfNull(sites);
        if (Read(origin) is not { } page)
        {
            return false;
        }

        var exact = page.GetLeftPart(UriPartial.Authority);
        return sites.Any(site => site.StartsWith(AnySub, StringComparison.Ordinal)
            ? page.IdnHost.EndsWith(site[1..], StringComparison.OrdinalIgnoreCase)
            : exact.Equals(Read(site)?.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase));
    }

    private static Uri? Read(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? uri
            : null;
}

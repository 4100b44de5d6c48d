using Microsoft.Net.Http.Headers;

namespace Omni.Web.Operations;

/// <summary>Headers that tell browsers what the pages may do. An endpoint that sets one itself (files, the widget) keeps its own.</summary>
internal static class SecurityHeaders
{
    private const string PermissionsPolicy = "Permissions-Policy";

    // Microphone for voice messages; nothing else that a device can tell or do.
    private const string Permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(self), midi=(), payment=(), usb=()";

    /// <summary>Adds the headers to every answer. Goes right after the forwarded headers, before everything that answers.</summary>
    /// <param name="app">The application.</param>
    /// <param name="storeOrigin">Origin of a configured file store, from which pages show pictures and to which they upload; null without one.</param>
    internal static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app, string? storeOrigin = null) => app.Use((http, next) =>
    {
        http.Response.OnStarting(() =>
        {
            Add(http, storeOrigin);
            return Task.CompletedTask;
        });
        return next(http);
    });

    private static void Add(HttpContext http, string? storeOrigin)
    {
        var headers = http.Response.Headers;
        headers.TryAdd(HeaderNames.XContentTypeOptions, "nosniff");
        headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
        headers.TryAdd(PermissionsPolicy, Permissions);
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        if (http.Request.IsHttps)
        {
            headers.TryAdd(HeaderNames.StrictTransportSecurity, "max-age=31536000");
        }

        // The framework's own policy, which only has frame-ancestors, gives way.
        var own = headers.ContentSecurityPolicy.ToString();
        if (own.Length == 0 || own.TrimEnd(';').Equals("frame-ancestors 'self'", StringComparison.Ordinal))
        {
            headers.ContentSecurityPolicy = Policy(http, storeOrigin);
        }
    }

    private static string Policy(HttpContext http, string? storeOrigin)
    {
        var nonce = http.RequestServices.GetRequiredService<CspNonce>().Value;
        var socket = $"{(http.Request.IsHttps ? "wss" : "ws")}://{http.Request.Host.ToUriComponent()}";
        var store = storeOrigin is null ? "" : " " + storeOrigin;
        return string.Join("; ",
            "default-src 'none'",
            $"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            $"img-src 'self' data: blob:{store}",
            $"media-src 'self' blob:{store}",
            "font-src 'self'",
            $"connect-src 'self' {socket}{store}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
            "frame-ancestors 'self'");
    }
}

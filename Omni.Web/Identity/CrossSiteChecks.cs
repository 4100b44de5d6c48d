using Microsoft.AspNetCore.Antiforgery;
using Omni.Core.Common;
using Omni.Web.Shared.Api;

namespace Omni.Web.Identity;

/// <summary>Keeps other sites from using a browser's cookies.</summary>
internal static class CrossSiteChecks
{
    /// <summary>Header that carries the antiforgery token of the API.</summary>
    internal const string TokenHeader = "X-CSRF-TOKEN";

    /// <summary>Refuses circuits (negotiation, WebSocket, long polling) that another site opens. Browsers let any page open a WebSocket to any host, with its cookies.</summary>
    internal static IApplicationBuilder UseCircuitOriginCheck(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) && !ComesFromHere(http))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await next(http);
    });

    /// <summary>Asks for the antiforgery token when a cookie carries a call of the API that changes something.</summary>
    internal static IApplicationBuilder UseApiAntiforgery(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            && http.User.Identity is { IsAuthenticated: true, AuthenticationType: SessionCookies.Scheme }
            && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method)
            && !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
        {
            await Problems.WriteAsync(http, new Refusal.Invalid(TokenHeader, "Send the token of GET /api/v1/auth/antiforgery in this header."));
            return;
        }

        await next(http);
    });

    // Browsers send Origin with every POST and WebSocket. A GET to the own site has none; there Referer or Sec-Fetch-Site tells.
    private static bool ComesFromHere(HttpContext http)
    {
        var own = $"{http.Request.Scheme}://{http.Request.Host.Value}";
        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length > 0)
        {
            return string.Equals(origin, own, StringComparison.OrdinalIgnoreCase);
        }

        if (http.WebSockets.IsWebSocketRequest || http.Request.Headers.Upgrade.Count > 0 || !HttpMethods.IsGet(http.Request.Method))
        {
            return false;
        }

        return http.Request.Headers["Sec-Fetch-Site"] == "same-origin"
            || http.Request.Headers.Referer.ToString().StartsWith(own + "/", StringComparison.OrdinalIgnoreCase);
    }
}

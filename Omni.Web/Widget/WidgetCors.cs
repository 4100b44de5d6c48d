using Microsoft.Net.Http.Headers;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Core.Widget;
using Omni.Web.Shared.Api;

namespace Omni.Web.Widget;

/// <summary>Stands before everything below <c>/widget/{siteKey}</c>: finds the chat, lets only its sites in, answers preflights and limits calls by address. Knows no cookies.</summary>
internal sealed class WidgetCors(RequestDelegate next)
{
    /// <summary>Header with the visitor's token.</summary>
    internal const string TokenHeader = "X-Omni-Visitor";

    private const string PreflightLasts = "7200";

    public async Task InvokeAsync(HttpContext http, WidgetSites sites, WidgetLimits limits, IPublicAddress address)
    {
        var key = http.Request.Path.Value!.Split('/', 4) is [_, _, var part, ..] ? part : "";
        if (!WidgetKeys.IsSiteKey(key))
        {
            await next(http); // the language files, or nothing
            return;
        }

        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (!(await limits.AddressAsync(http)).Succeeded(out _, out var refusal))
        {
            Allow(http, http.Request.Headers.Origin.ToString()); // so that the page can read how long to wait
            await Problems.WriteAsync(http, refusal);
            return;
        }

        if (await sites.FindAsync(key, http.RequestAborted) is not { } site)
        {
            await Problems.WriteAsync(http, new Refusal.NotFound("The website chat"));
            return;
        }

        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsAllowed(http, site, address, origin))
        {
            await Problems.WriteAsync(http, new Refusal.Forbidden("This site is not on the list of those that may show this chat."));
            return;
        }

        Allow(http, origin);
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Features.Set(site);
        await next(http);
    }

    private static bool IsAllowed(HttpContext http, WidgetSite site, IPublicAddress address, string origin) =>
        WidgetOrigins.Allows(origin, [$"{http.Request.Scheme}://{http.Request.Host.Value}", new Uri(address.Of("/")).GetLeftPart(UriPartial.Authority), .. site.Settings.Sites]);

    private static void Allow(HttpContext http, string origin)
    {
        if (origin.Length == 0)
        {
            return;
        }

        // Set at the last moment: an answer to a failure begins by clearing the headers.
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = HeaderNames.RetryAfter;
            headers.Vary = HeaderNames.Origin;
            if (HttpMethods.IsOptions(http.Request.Method))
            {
                headers.AccessControlAllowMethods = "GET, POST";
                headers.AccessControlAllowHeaders = $"{TokenHeader}, {HeaderNames.ContentType}, Last-Event-ID";
                headers.AccessControlMaxAge = PreflightLasts;
            }

            return Task.CompletedTask;
        });
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Omni.Tests.Browser.Widget;

/// <summary>Somebody's own site: an HTTP server on another port, hence of another origin, with pages that the tests write.</summary>
internal sealed class HostSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, HostPage> _pages = [];

    private HostSite(WebApplication app) => _app = app;

    /// <summary>Its origin.</summary>
    internal string Origin { get; private set; } = "";

    internal static async Task<HostSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = new HostSite(builder.Build());
        site._app.Run(site.AnswerAsync);
        await site._app.StartAsync();
        site.Origin = site._app.Urls.First();
        return site;
    }

    /// <summary>Puts a page on the site.</summary>
    /// <returns>Its address.</returns>
    internal string Put(string path, HostPage page)
    {
        lock (_pages)
        {
            _pages[path] = page;
        }

        return Origin + path;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        HostPage? page;
        lock (_pages)
        {
            page = _pages.GetValueOrDefault(http.Request.Path);
        }

        if (page is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (page.Policy is not null)
        {
            http.Response.Headers.ContentSecurityPolicy = page.Policy;
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync(page.Html);
    }
}

/// <summary>A page of a host site.</summary>
/// <param name="Snippet">What its owner copied from the settings.</param>
internal sealed record HostPage(string Snippet)
{
    /// <summary>Its content security policy; null without one.</summary>
    internal string? Policy { get; init; }

    /// <summary>Attributes of the root element.</summary>
    internal string Root { get; init; } = "lang=\"en\"";

    /// <summary>What stands in its head.</summary>
    internal string Head { get; init; } = "";

    /// <summary>What stands in its body.</summary>
    internal string Body { get; init; } = "<main><h1>A shop</h1><p>Words of the shop.</p></main>";

    internal string Html => $"<!doctype html><html {Root}><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>A shop</title>{Head}</head><body>{Body}{Snippet}</body></html>";

    /// <summary>A policy that allows nothing but one origin for what the chat needs.</summary>
    internal static string Strict(string origin) => $"default-src 'none'; script-src {origin}; connect-src {origin}; img-src {origin}";
}

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Widget;

namespace Omni.Web.Widget;

/// <summary>A made-up shop with a website chat on it, for trying the chat before it stands on a site.</summary>
[ApiController, Route("demo"), AllowAnonymous, ApiExplorerSettings(IgnoreApi = true)]
public sealed class DemoController(WidgetSites sites) : ControllerBase
{
    /// <summary>The shop.</summary>
    /// <param name="siteKey">Public name of the chat.</param>
    /// <param name="frame"><c>rtl</c> for a page in Arabic; anything else is the English one.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{siteKey}")]
    public async Task<IResult> Shop(string siteKey, [FromQuery] string? frame, CancellationToken ct)
    {
        if (await sites.FindAsync(siteKey, ct) is null)
        {
            return Results.NotFound(); // drawn as every page that is not there
        }

        // What the snippet asks of a strict page, and no more: the demo shows that it is enough.
        Response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
        Response.Headers["X-Robots-Tag"] = "noindex";
        return new RazorComponentResult<DemoShop>(new { SiteKey = siteKey, IsArabic = frame == "rtl" });
    }
}

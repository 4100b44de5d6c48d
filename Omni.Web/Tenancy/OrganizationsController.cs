using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Media;
using Omni.Core.Operations;
using Omni.Core.Tenancy;
using Omni.Web.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Tenancy;

/// <summary>The person's organizations.</summary>
[Route("api/v1/organizations")]
public sealed class OrganizationsController(OrganizationService organizations, LogoService logos, IOptionsMonitor<OmniOptions> options) : OmniController
{
    /// <summary>Where the person belongs.</summary>
    [HttpGet, SessionSuffices]
    public Task<IActionResult> List(CancellationToken ct) => RunForSessionAsync(me => organizations.ListAsync(me, ct), list => list.Select(IdentityShapes.Of));

    /// <summary>A new organization.</summary>
    [HttpPost, SessionSuffices]
    public Task<IActionResult> Create(NewOrganizationBody body, CancellationToken ct) => RunForSessionAsync(
        me => organizations.CreateAsync(me, body.Name, options.CurrentValue.Registration == RegistrationMode.Open, ct), IdentityShapes.Of, StatusCodes.Status201Created);

    /// <summary>The organization the caller works in.</summary>
    [HttpGet("current")]
    public Task<IActionResult> Current(CancellationToken ct) => RunAsync(actor => organizations.CurrentAsync(actor, ct), IdentityShapes.Of, scope: "organization:read");

    /// <summary>Changes its settings.</summary>
    [HttpPatch("current")]
    public Task<IActionResult> Change(OrganizationBody body, CancellationToken ct) => RunAsync<OrganizationView>(
        async actor =>
        {
            var change = new OrganizationChange(body.Name, body.TimeZone, body.Locale, body.Theme?.PrimaryColor, body.Theme?.Mode);
            if (!(await organizations.ChangeAsync(actor, change, ct)).Succeeded(out var changed, out var refusal)
                || (body.Theme?.LogoUrl is { } logo && !(await logos.ChooseAsync(actor, logo, ct)).Succeeded(out _, out refusal)))
            {
                return refusal;
            }

            return body.Theme?.LogoUrl is null ? changed : await organizations.CurrentAsync(actor, ct);
        },
        IdentityShapes.Of, scope: "organization:write");

    /// <summary>The style sheet with the organization's colour and theme. Its address changes with its content.</summary>
    [HttpGet("~/organizations/{id:guid}/look.css")]
    [ApiExplorerSettings(IgnoreApi = true)]
    public async Task<IActionResult> Look(Guid id, CancellationToken ct)
    {
        var css = "";
        var answer = await RunAsync<Done>(
            async actor =>
            {
                if (actor.OrganizationId != id || !(await organizations.CurrentAsync(actor, ct)).Succeeded(out var view, out _))
                {
                    return new Refusal.NotFound("The style sheet");
                }

                css = OrganizationLook.Of(view.Organization).Css;
                return new Done();
            });
        if (css.Length == 0)
        {
            return answer;
        }

        Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Content(css, "text/css; charset=utf-8");
    }

    /// <summary>How much it uses.</summary>
    [HttpGet("current/usage")]
    public Task<IActionResult> Usage(CancellationToken ct) => RunAsync(actor => organizations.UsageAsync(actor, ct), scope: "organization:read");
}

/// <summary>Body of a new organization.</summary>
/// <param name="Name">Its name.</param>
public sealed record NewOrganizationBody(string? Name);

/// <summary>Body of changed settings; what is missing stays.</summary>
/// <param name="Name">Name.</param>
/// <param name="TimeZone">IANA time zone.</param>
/// <param name="Locale">Language and region.</param>
/// <param name="Theme">Look.</param>
public sealed record OrganizationBody(string? Name, string? TimeZone, string? Locale, ThemeBody? Theme);

/// <summary>An organization's look.</summary>
/// <param name="PrimaryColor">Main colour; empty for Omni's.</param>
/// <param name="LogoUrl">Logo: <c>/media/{id}</c> of an upload, which is copied; empty for none.</param>
/// <param name="Mode">light, dark or auto.</param>
public sealed record ThemeBody(string? PrimaryColor, string? LogoUrl, string? Mode);

using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Omni.Core.Operations;
using Omni.Core.Tenancy;
using Omni.Web.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Tenancy;

/// <summary>The person's organizations.</summary>
[Route("api/v1/organizations")]
public sealed class OrganizationsController(OrganizationService organizations, IOptionsMonitor<OmniOptions> options) : OmniController
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
    public Task<IActionResult> Change(OrganizationBody body, CancellationToken ct) => RunAsync(
        actor => organizations.ChangeAsync(
            actor, new OrganizationChange(body.Name, body.TimeZone, body.Locale, body.Theme?.PrimaryColor, body.Theme?.LogoUrl, body.Theme?.Mode), ct),
        IdentityShapes.Of, scope: "organization:write");

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
/// <param name="LogoUrl">Logo; empty for none.</param>
/// <param name="Mode">light, dark or auto.</param>
public sealed record ThemeBody(string? PrimaryColor, string? LogoUrl, string? Mode);

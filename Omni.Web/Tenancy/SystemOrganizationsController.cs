using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Web.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Tenancy;

/// <summary>All organizations of the installation, for its administrators.</summary>
[Route("api/v1/system")]
public sealed class SystemOrganizationsController(InstallationService installation, LinkService links) : OmniController
{
    /// <summary>The organizations.</summary>
    [HttpGet("organizations")]
    public Task<IActionResult> List(string? cursor, int? limit, CancellationToken ct) =>
        RunAsync(actor => installation.ListAsync(actor, cursor, limit, ct), page => page.Rows.Select(Shape));

    /// <summary>A new organization, owned by <c>ownerEmail</c>'s account or the caller's.</summary>
    [HttpPost("organizations")]
    public Task<IActionResult> Create(SystemOrganizationBody body, CancellationToken ct) =>
        RunAsync(actor => installation.CreateAsync(actor, body.Name, body.OwnerEmail, ct), Shape, StatusCodes.Status201Created);

    /// <summary>Changes plan or status.</summary>
    [HttpPatch("organizations/{id:guid}")]
    public Task<IActionResult> Change(Guid id, SystemOrganizationBody body, CancellationToken ct) => RunAsync(
        async actor => body.Status is null || Names.TryParse<OrganizationStatus>(body.Status, out _)
            ? await installation.ChangeAsync(actor, id, body.Plan, body.Status is null ? null : Names.Parse<OrganizationStatus>(body.Status), ct)
            : new Refusal.Invalid("status", "active or suspended."),
        Shape);

    /// <summary>Links (e-mail, new password) that no mail server took and that must be passed on by hand.</summary>
    [HttpGet("links")]
    public Task<IActionResult> Links(CancellationToken ct) => RunAsync(actor => links.ListWaitingAsync(actor, ct), list => list.Select(IdentityShapes.Of));

    /// <summary>Makes such a link anew and answers it, once.</summary>
    [HttpPost("links/{id:guid}/reveal")]
    public Task<IActionResult> Reveal(Guid id, CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        return RunAsync(actor => links.RevealAsync(actor, id, ct), url => new { url });
    }

    private static object Shape(OrganizationSummary summary) => new { organization = IdentityShapes.Of(summary.Organization, null), members = summary.Members };
}

/// <summary>Body for an organization of the installation; what is missing stays.</summary>
/// <param name="Name">Name, for a new one.</param>
/// <param name="OwnerEmail">Whose it will be, for a new one.</param>
/// <param name="Plan">Plan.</param>
/// <param name="Status">active or suspended.</param>
public sealed record SystemOrganizationBody(string? Name, string? OwnerEmail, string? Plan, string? Status);

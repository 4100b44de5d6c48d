using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Tenancy;
using Omni.Web.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Tenancy;

/// <summary>Who belongs to the organization.</summary>
[Route("api/v1/members")]
public sealed class MembersController(MemberService members) : OmniController
{
    /// <summary>The members.</summary>
    [HttpGet]
    public Task<IActionResult> List(string? cursor, int? limit, CancellationToken ct) =>
        RunAsync(actor => members.ListAsync(actor, cursor, limit, ct), page => page.Rows.Select(IdentityShapes.Of), scope: "members:read");

    /// <summary>Changes a role, or availability.</summary>
    [HttpPatch("{id:guid}")]
    public Task<IActionResult> Change(Guid id, MemberBody body, CancellationToken ct) => RunAsync(
        async actor =>
        {
            if (body.Role is not null && !Names.TryParse<MemberRole>(body.Role, out _))
            {
                return new Refusal.Invalid("role", "viewer, agent, admin or owner.");
            }

            if (body.Availability is not null && !Names.TryParse<Availability>(body.Availability, out _))
            {
                return new Refusal.Invalid("availability", "available, busy or away.");
            }

            return await members.ChangeAsync(
                actor, id, body.Role is null ? null : Names.Parse<MemberRole>(body.Role), body.Availability is null ? null : Names.Parse<Availability>(body.Availability), ct);
        },
        IdentityShapes.Of, scope: "members:write");

    /// <summary>Removes a member, or lets oneself go.</summary>
    [HttpDelete("{id:guid}")]
    public Task<IActionResult> Remove(Guid id, CancellationToken ct) => RunAsync(actor => members.RemoveAsync(actor, id, ct), scope: "members:write");
}

/// <summary>Body of a changed member; what is missing stays.</summary>
/// <param name="Role">viewer, agent, admin or owner.</param>
/// <param name="Availability">available, busy or away.</param>
public sealed record MemberBody(string? Role, string? Availability);

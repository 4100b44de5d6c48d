using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;
using Omni.Web.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Tenancy;

/// <summary>Invitations into the organization.</summary>
[Route("api/v1")]
public sealed class InvitationsController(InvitationService invitations, ICurrentSession current) : OmniController
{
    /// <summary>Invitations that wait.</summary>
    [HttpGet("members/invitations")]
    public Task<IActionResult> List(CancellationToken ct) => RunAsync(actor => invitations.ListAsync(actor, ct), list => list.Select(IdentityShapes.Of), scope: "members:read");

    /// <summary>Invites somebody. The link is in the answer unless a letter carries it.</summary>
    [HttpPost("members/invitations")]
    public Task<IActionResult> Invite(InvitationBody body, CancellationToken ct) => RunAsync(
        async actor => Names.TryParse<MemberRole>(body.Role ?? "agent", out var role)
            ? await invitations.InviteAsync(actor, body.Email, body.RedditUsername, role, ct)
            : new Refusal.Invalid("role", "viewer, agent or admin."),
        IdentityShapes.Of, StatusCodes.Status201Created, "members:write");

    /// <summary>A new link for a waiting invitation; <c>reveal</c> answers it instead of mailing it.</summary>
    [HttpPost("members/invitations/{id:guid}/link")]
    public Task<IActionResult> Renew(Guid id, bool reveal, CancellationToken ct) =>
        RunAsync(actor => invitations.RenewAsync(actor, id, reveal, ct), IdentityShapes.Of, scope: "members:write");

    /// <summary>Takes an invitation back.</summary>
    [HttpDelete("members/invitations/{id:guid}")]
    public Task<IActionResult> Withdraw(Guid id, CancellationToken ct) => RunAsync(actor => invitations.WithdrawAsync(actor, id, ct), scope: "members:write");

    /// <summary>Lets the person who is signed in into the organization.</summary>
    [HttpPost("invitations/{token}/accept"), SessionSuffices]
    public Task<IActionResult> Accept(string token, CancellationToken ct) =>
        RunForSessionAsync(me => invitations.AcceptAsync(me, token, current.Caller, ct), id => new { organizationId = id });
}

/// <summary>Body of an invitation: one of the two ways to name somebody.</summary>
/// <param name="Email">E-mail address.</param>
/// <param name="RedditUsername">Reddit name.</param>
/// <param name="Role">viewer, agent or admin; agent when missing.</param>
public sealed record InvitationBody(string? Email, string? RedditUsername, string? Role);

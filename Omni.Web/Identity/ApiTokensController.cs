using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Identity;

/// <summary>Personal API tokens.</summary>
[Route("api/v1/auth/tokens")]
public sealed class ApiTokensController(ApiTokenService tokens) : OmniController
{
    /// <summary>The tokens that count.</summary>
    [HttpGet]
    public Task<IActionResult> List(CancellationToken ct) => RunAsync(actor => tokens.ListAsync(actor, ct), list => list.Select(IdentityShapes.Of));

    /// <summary>Makes a token, shown this once. A token cannot make another one.</summary>
    [HttpPost]
    public Task<IActionResult> Create(ApiTokenBody body, CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        return RunAsync(
            async actor => actor.Scopes is null
                ? await tokens.CreateAsync(actor, body.Name, body.Scopes, body.ExpiresAt, ct)
                : new Refusal.Forbidden("A personal token cannot make another one."),
            IdentityShapes.Of, StatusCodes.Status201Created);
    }

    /// <summary>Takes a token back.</summary>
    [HttpDelete("{id:guid}")]
    public Task<IActionResult> Delete(Guid id, CancellationToken ct) => RunAsync(async actor => actor.Scopes is null
        ? await tokens.DeleteAsync(actor, id, ct)
        : new Refusal.Forbidden("A personal token cannot take tokens back."));
}

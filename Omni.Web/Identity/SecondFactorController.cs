using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Identity;

/// <summary>The authenticator app.</summary>
[Route("api/v1/auth/totp")]
public sealed class SecondFactorController(SecondFactorService secondFactor, SignInService signIn) : OmniController
{
    /// <summary>Begins the set-up (no code), or ends it with a first code and answers recovery codes.</summary>
    [HttpPost, SessionSuffices]
    public Task<IActionResult> SetUp(TotpBody? body, CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        return body?.Code is { Length: > 0 } code
            ? RunForSessionAsync(me => secondFactor.ConfirmAsync(me, code, ct), codes => new { recoveryCodes = codes })
            : RunForSessionAsync(me => secondFactor.BeginAsync(me, ct), made => new { secret = made.Secret, uri = made.Uri });
    }

    /// <summary>Switches it off; needs the password.</summary>
    [HttpDelete, SessionSuffices]
    public Task<IActionResult> Remove([FromBody] TotpBody? body, CancellationToken ct) => RunForSessionAsync<Done>(async me =>
        (await signIn.ConfirmAsync(me, body?.Password ?? "", ct)).Succeeded(out _, out var refusal) ? await secondFactor.RemoveAsync(me, ct) : refusal);
}

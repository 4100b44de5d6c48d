using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Web.Identity;

/// <summary>Where the browser comes back from another service: decides which page is next.</summary>
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class ExternalController(ExternalSignInService external, InvitationService invitations, ICurrentSession current, IOptionsMonitor<OmniOptions> options) : Controller
{
    /// <summary>Signs in, offers to link, or goes to registration.</summary>
    [HttpGet("signin/external")]
    public async Task<IActionResult> Back(string? returnUrl, string? invitation, CancellationToken ct)
    {
        if (await ExternalSignIn.IdentityOfAsync(HttpContext) is not { } identity)
        {
            return Redirect("/signin?reason=external");
        }

        var match = await external.FindAsync(identity, ct);
        if (match.UserId is { } userId)
        {
            await HttpContext.SignOutAsync(ExternalSignIn.Scheme);
            var signIn = HttpContext.RequestServices.GetRequiredService<BrowserSignIn>();
            return (await signIn.ExternalAsync(HttpContext, userId, identity.Provider, returnUrl)).Succeeded(out var next, out _) ? LocalRedirect(next) : Redirect("/signin?reason=suspended");
        }

        if ((await current.GetAsync(ct)).Succeeded(out _, out _))
        {
            return Redirect("/signin/link");
        }

        if (match.EmailKnown)
        {
            return Redirect("/signin?reason=link");
        }

        var invited = (await invitations.PreviewAsync(invitation, ct)).Succeeded(out _, out _);
        if (invited || options.CurrentValue.Registration == RegistrationMode.Open)
        {
            return Redirect(invited ? $"/register?invitation={Uri.EscapeDataString(invitation!)}" : "/register");
        }

        await HttpContext.SignOutAsync(ExternalSignIn.Scheme);
        return Redirect("/signin?reason=noaccount");
    }
}

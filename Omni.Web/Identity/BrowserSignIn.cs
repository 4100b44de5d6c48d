using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>The steps of sign-in in a browser: password or another service, the code when the person has an authenticator app, then the session's cookie.</summary>
internal sealed class BrowserSignIn(SignInService signIn, SecondFactorService secondFactor, SessionService sessions)
{
    /// <summary>Cookie of somebody whose password was right and whose code is still to come; five minutes.</summary>
    internal const string PendingScheme = "pending";

    private const string HowClaim = "how";

    /// <summary>Where to go after sign-in: a path of this site, or the inbox.</summary>
    internal static string Local(string? returnUrl) =>
        returnUrl is { Length: > 1 and < 2000 } && returnUrl[0] == '/' && returnUrl[1] is not ('/' or '\\') && !returnUrl.Any(char.IsControl) ? returnUrl : "/";

    /// <summary>Takes e-mail and password.</summary>
    /// <returns>The page to go to next.</returns>
    internal async Task<Result<string>> PasswordAsync(HttpContext http, string email, string password, string? returnUrl)
    {
        if (!(await signIn.CheckPasswordAsync(email, password, Callers.Of(http), http.RequestAborted)).Succeeded(out var proved, out var refusal))
        {
            return refusal;
        }

        return await ContinueAsync(http, proved.UserId, proved.NeedsCode, "password", returnUrl);
    }

    /// <summary>Takes somebody whom another service vouches for and whose account is linked.</summary>
    internal async Task<Result<string>> ExternalAsync(HttpContext http, Guid userId, string provider, string? returnUrl) =>
        await ContinueAsync(http, userId, await secondFactor.IsOnAsync(userId, http.RequestAborted), provider, returnUrl);

    /// <summary>Takes the code of the authenticator app.</summary>
    internal async Task<Result<string>> CodeAsync(HttpContext http, string code, string? returnUrl)
    {
        var pending = (await http.AuthenticateAsync(PendingScheme)).Principal;
        if (!Guid.TryParse(pending?.FindFirst(ClaimTypes.NameIdentifier)?.Value, out var userId))
        {
            return new Refusal.Unauthenticated("That took too long. Begin again with your password.");
        }

        return (await secondFactor.CheckAsync(userId, code, Callers.Of(http), http.RequestAborted)).Succeeded(out _, out var refusal)
            ? await OpenAsync(http, userId, pending!.FindFirst(HowClaim)?.Value ?? "password", returnUrl)
            : refusal;
    }

    /// <summary>Gives the browser a session's cookie; a session it had before ends.</summary>
    internal async Task UseAsync(HttpContext http, OpenedSession session)
    {
        var before = SessionCookies.SessionIdOf(http.User);
        await http.SignOutAsync(PendingScheme);
        await SessionCookies.SignInAsync(http, session);
        if (before is { } old && old != session.SessionId && http.RequestServices.GetRequiredService<SessionReader>() is { } reader
            && await reader.ReadAsync(old, http.RequestAborted) is { } state)
        {
            await sessions.EndAsync(state, old, http.RequestAborted);
        }
    }

    private async Task<Result<string>> ContinueAsync(HttpContext http, Guid userId, bool needsCode, string how, string? returnUrl)
    {
        if (!needsCode)
        {
            return await OpenAsync(http, userId, how, returnUrl);
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, userId.ToString()), new Claim(HowClaim, how)], PendingScheme);
        await http.SignInAsync(PendingScheme, new ClaimsPrincipal(identity));
        return $"/signin/code?returnUrl={Uri.EscapeDataString(Local(returnUrl))}";
    }

    private async Task<Result<string>> OpenAsync(HttpContext http, Guid userId, string how, string? returnUrl)
    {
        if (!(await sessions.OpenAsync(userId, SessionKind.Browser, how, Callers.Of(http), http.RequestAborted)).Succeeded(out var session, out var refusal))
        {
            return refusal;
        }

        await UseAsync(http, session);
        return session.OrganizationId is null ? "/organizations" : Local(returnUrl);
    }
}

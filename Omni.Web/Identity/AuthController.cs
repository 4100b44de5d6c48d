using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Identity;

/// <summary>Accounts, sign-in, sessions and tokens.</summary>
[Route("api/v1/auth")]
public sealed class AuthController(
    RegistrationService registration, SignInService signIn, SessionService sessions, AccountService accounts, ICurrentSession current) : OmniController
{
    /// <summary>Makes an account: the first one, with an invitation, or, where open, by anybody.</summary>
    [HttpPost("register"), AllowAnonymous]
    public async Task<IActionResult> Register(RegisterBody body, CancellationToken ct)
    {
        var wanted = new Registration(body.Email ?? "", body.Password, body.DisplayName ?? "", body.OrganizationName)
        {
            Username = body.Username,
            SetupCode = body.SetupCode,
            InvitationToken = body.InvitationToken,
        };
        return await SignedInAsync(await registration.RegisterAsync(wanted, SessionKind.Api, current.Caller, ct), StatusCodes.Status201Created);
    }

    /// <summary>Signs a program in.</summary>
    [HttpPost("login"), AllowAnonymous]
    public async Task<IActionResult> Login(LoginBody body, CancellationToken ct) =>
        (await signIn.CheckAsync(body.Email ?? "", body.Password ?? "", body.Totp, current.Caller, ct)).Succeeded(out var userId, out var refusal)
            ? await SignedInAsync(await sessions.OpenAsync(userId, SessionKind.Api, "password", current.Caller, ct))
            : Problems.From(HttpContext, refusal);

    /// <summary>Exchanges a refresh token for a new pair.</summary>
    [HttpPost("refresh"), AllowAnonymous]
    public async Task<IActionResult> Refresh(RefreshBody? body, CancellationToken ct) =>
        await SignedInAsync(await sessions.RefreshAsync(body?.RefreshToken ?? SignedInAnswer.CookieOf(HttpContext), ct));

    /// <summary>Ends the session.</summary>
    [HttpPost("logout"), AllowAnonymous]
    public async Task<IActionResult> Logout(CancellationToken ct)
    {
        SignedInAnswer.Forget(HttpContext);
        var answer = await RunForSessionAsync(me => sessions.EndAsync(me, me.SessionId, ct));
        if (User.Identity?.AuthenticationType == SessionCookies.Scheme)
        {
            await HttpContext.SignOutAsync(SessionCookies.Scheme);
        }

        return answer;
    }

    /// <summary>Proves an e-mail address.</summary>
    [HttpPost("verify-email"), AllowAnonymous]
    public async Task<IActionResult> VerifyEmail(TokenBody body, CancellationToken ct) => Answer(await accounts.VerifyEmailAsync(body.Token, ct));

    /// <summary>Sends the verification link again.</summary>
    [HttpPost("resend-verification"), SessionSuffices]
    public Task<IActionResult> ResendVerification(CancellationToken ct) => RunForSessionAsync(me => accounts.ResendVerificationAsync(me, ct));

    /// <summary>Sends a link for a new password. The answer does not tell whether there is such an account.</summary>
    [HttpPost("forgot-password"), AllowAnonymous]
    public async Task<IActionResult> ForgotPassword(ForgotBody body, CancellationToken ct) => Answer(await accounts.ForgotPasswordAsync(body.Email, current.Caller, ct));

    /// <summary>Sets a new password by its link.</summary>
    [HttpPost("reset-password"), AllowAnonymous]
    public async Task<IActionResult> ResetPassword(ResetBody body, CancellationToken ct) => Answer(await accounts.ResetPasswordAsync(body.Token, body.Password, ct));

    /// <summary>Changes the password; other sessions end.</summary>
    [HttpPost("change-password"), SessionSuffices]
    public Task<IActionResult> ChangePassword(ChangePasswordBody body, CancellationToken ct) =>
        RunForSessionAsync(me => accounts.ChangePasswordAsync(me, body.Current, body.New, ct));

    /// <summary>The token for <c>X-CSRF-TOKEN</c>, for calls that cookies carry.</summary>
    [HttpGet("antiforgery"), AllowAnonymous]
    public IActionResult AntiforgeryToken([FromServices] IAntiforgery antiforgery)
    {
        var token = antiforgery.GetAndStoreTokens(HttpContext).RequestToken;
        Response.Headers.CacheControl = "no-store";
        return Ok(new { success = true, data = new { token } });
    }

    /// <summary>The sessions that count.</summary>
    [HttpGet("sessions"), SessionSuffices]
    public async Task<IActionResult> Sessions(CancellationToken ct)
    {
        var mine = (await current.GetAsync(ct)).Succeeded(out var me, out _) ? me.SessionId : Guid.Empty;
        return await RunForSessionAsync(session => sessions.ListAsync(session, ct), list => list.Select(s => IdentityShapes.Of(s, mine)));
    }

    /// <summary>Ends one session.</summary>
    [HttpDelete("sessions/{id:guid}"), SessionSuffices]
    public Task<IActionResult> EndSession(Guid id, CancellationToken ct) => RunForSessionAsync(me => sessions.EndAsync(me, id, ct));

    /// <summary>Lets the session work in another organization.</summary>
    [HttpPost("organization"), SessionSuffices]
    public Task<IActionResult> Switch(SwitchBody body, CancellationToken ct) => RunForSessionAsync(me => sessions.SwitchAsync(me, body.OrganizationId, ct));

    /// <summary>Begins sign-in with Google.</summary>
    [HttpGet(GoogleSignIn.Scheme), AllowAnonymous]
    public Task<IActionResult> Google([FromServices] IAuthenticationSchemeProvider schemes, string? returnUrl, string? invitation) =>
        BeginAsync(schemes, GoogleSignIn.Scheme, returnUrl, invitation);

    /// <summary>Begins sign-in with Reddit.</summary>
    [HttpGet(RedditSignIn.Scheme), AllowAnonymous]
    public Task<IActionResult> Reddit([FromServices] IAuthenticationSchemeProvider schemes, string? returnUrl, string? invitation) =>
        BeginAsync(schemes, RedditSignIn.Scheme, returnUrl, invitation);

    private async Task<IActionResult> BeginAsync(IAuthenticationSchemeProvider schemes, string provider, string? returnUrl, string? invitation) =>
        (await ExternalSignIn.OfferedAsync(schemes)).Contains(provider)
            ? Challenge(
                new AuthenticationProperties
                {
                    RedirectUri = $"/signin/external?returnUrl={Uri.EscapeDataString(BrowserSignIn.Local(returnUrl))}&invitation={Uri.EscapeDataString(invitation ?? "")}",
                },
                provider)
            : Problems.From(HttpContext, new Refusal.NotFound($"Sign-in with {ExternalSignIn.Title(provider)}"));

    private async Task<IActionResult> SignedInAsync(Result<OpenedSession> result, int status = StatusCodes.Status200OK) =>
        result.Succeeded(out var opened, out var refusal)
            ? Answer(await HttpContext.RequestServices.GetRequiredService<SignedInAnswer>().MakeAsync(HttpContext, opened), status: status)
            : Problems.From(HttpContext, refusal);
}

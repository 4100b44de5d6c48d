using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Web.Identity;

/// <summary>Access tokens and personal API tokens from the header <c>Authorization: Bearer</c>.</summary>
internal sealed class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenReader tokens, SessionReader sessions)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string SchemeName = "token";
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(new Refusal.Unauthenticated("Send the token as: Authorization: Bearer …") { Code = ErrorCode.TokenInvalid });
        }

        if (!(await tokens.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted)).Succeeded(out var sessionId, out var refusal))
        {
            return Refuse(refusal);
        }

        var state = await sessions.ReadAsync(sessionId, Context.RequestAborted);
        return state is { EndedBy: null }
            ? AuthenticateResult.Success(new AuthenticationTicket(SessionCookies.Principal(sessionId, state.UserId, SchemeName), SchemeName))
            : Refuse(SessionState.Refuse(state?.EndedBy ?? SessionEnd.Revoked));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        var refusal = Context.Items[SessionCookies.RefusalKey] as Refusal ?? new Refusal.Unauthenticated();
        return Problems.WriteAsync(Context, refusal);
    }

    private AuthenticateResult Refuse(Refusal refusal)
    {
        Context.Items[SessionCookies.RefusalKey] = refusal;
        return AuthenticateResult.Fail(refusal.Message);
    }
}

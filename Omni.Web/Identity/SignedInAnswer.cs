using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Web.Identity;

/// <summary>The answer to a program that signed in: person, organization and tokens; the refresh token also as a cookie that scripts cannot read.</summary>
internal sealed class SignedInAnswer(SessionReader sessions, UserService users, OrganizationService organizations)
{
    private const string RefreshCookie = "omni-refresh";
    private const string RefreshPath = "/api/v1/auth";

    /// <summary>Makes the answer.</summary>
    internal async Task<Result<object>> MakeAsync(HttpContext http, OpenedSession opened)
    {
        var ct = http.RequestAborted;
        var state = (await sessions.ReadFreshAsync([opened.SessionId], ct))[opened.SessionId];
        if (!(await users.MeAsync(state, ct)).Succeeded(out var user, out var refusal))
        {
            return refusal;
        }

        object? organization = null;
        if (opened.OrganizationId is not null)
        {
            // A refresh in an organization that was suspended meanwhile ends here.
            if (!state.ActIn().Succeeded(out var actor, out refusal) || !(await organizations.CurrentAsync(actor, ct)).Succeeded(out var view, out refusal))
            {
                return refusal;
            }

            organization = IdentityShapes.Of(view);
        }

        var tokens = opened.Tokens!;
        http.Response.Cookies.Append(RefreshCookie, tokens.RefreshToken, Cookie(http, opened.ExpiresAt));
        http.Response.Headers.CacheControl = "no-store";
        return new
        {
            user = IdentityShapes.Of(user),
            organization,
            accessToken = tokens.AccessToken,
            expiresIn = (int)tokens.ExpiresIn.TotalSeconds,
            refreshToken = tokens.RefreshToken,
        };
    }

    /// <summary>The refresh token in the cookie; null without one.</summary>
    internal static string? CookieOf(HttpContext http) => http.Request.Cookies[RefreshCookie];

    /// <summary>Takes the cookie away.</summary>
    internal static void Forget(HttpContext http) => http.Response.Cookies.Delete(RefreshCookie, Cookie(http, null));

    // Strict: no other site can make a browser send it, so refreshing by cookie needs no antiforgery token.
    private static CookieOptions Cookie(HttpContext http, DateTimeOffset? expires) => new()
    {
        Path = RefreshPath,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Expires = expires,
    };
}

using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>A browser's session: a cookie with the session's id, checked against its row on every request.</summary>
internal static class SessionCookies
{
    internal const string Scheme = "browser";

    /// <summary>Claim with the session's id, in cookies and for tokens alike.</summary>
    internal const string SessionClaim = "sid";

    /// <summary>Key in <c>HttpContext.Items</c>: why a cookie or token that came with the request does not count.</summary>
    internal static readonly object RefusalKey = new();

    /// <summary>The principal of a session.</summary>
    internal static ClaimsPrincipal Principal(Guid sessionId, Guid userId, string scheme) => new(new ClaimsIdentity(
        [new Claim(SessionClaim, sessionId.ToString()), new Claim(ClaimTypes.NameIdentifier, userId.ToString())], scheme));

    /// <summary>The session's id in a principal; null when nobody is signed in.</summary>
    internal static Guid? SessionIdOf(ClaimsPrincipal? principal) =>
        principal?.Identity is { IsAuthenticated: true } && Guid.TryParse(principal.FindFirst(SessionClaim)?.Value, out var id) ? id : null;

    /// <summary>Gives the browser the cookie of a new session.</summary>
    internal static Task SignInAsync(HttpContext http, OpenedSession session) => http.SignInAsync(
        Scheme,
        Principal(session.SessionId, session.UserId, Scheme),
        new AuthenticationProperties { IsPersistent = true, AllowRefresh = true });

    internal static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "omni";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookieManager();
        options.ExpireTimeSpan = Session.Lifetime(SessionKind.Browser);
        options.SlidingExpiration = true;
        options.LoginPath = "/signin";
        options.LogoutPath = "/signout";
        options.AccessDeniedPath = "/403";
        options.ReturnUrlParameter = "returnUrl";
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = CheckAsync,
            OnRedirectToLogin = context =>
            {
                if (IsApi(context.Request))
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                }
                else
                {
                    var reason = context.HttpContext.Items.ContainsKey(RefusalKey) ? "&reason=ended" : "";
                    context.Response.Redirect(context.RedirectUri + reason);
                }

                return Task.CompletedTask;
            },
            OnRedirectToAccessDenied = context =>
            {
                if (IsApi(context.Request))
                {
                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                }
                else
                {
                    context.Response.Redirect(context.RedirectUri);
                }

                return Task.CompletedTask;
            },
        };
    }

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<SessionReader>();
        var state = SessionIdOf(context.Principal) is { } id ? await sessions.ReadAsync(id, context.HttpContext.RequestAborted) : null;
        if (state is { EndedBy: null, Kind: SessionKind.Browser })
        {
            return;
        }

        context.HttpContext.Items[RefusalKey] = SessionState.Refuse(state?.EndedBy ?? SessionEnd.Revoked);
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }
}

/// <summary>Names a cookie with <c>__Host-</c> on https: browsers then take it only from this very host, for the whole site, encrypted.</summary>
internal sealed class HostCookieManager : ICookieManager
{
    private readonly ChunkingCookieManager _inner = new();

    public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, NameIn(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _inner.AppendResponseCookie(context, NameIn(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _inner.DeleteCookie(context, NameIn(context, key), options);

    private static string NameIn(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}

using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OAuth;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>What sign-ins through other services have in common: the framework's OAuth handler binds the state to the browser by a cookie that counts once, and the code by PKCE.</summary>
internal static class ExternalSignIn
{
    /// <summary>Cookie between the other service's answer and what becomes of it here.</summary>
    internal const string Scheme = "external";

    private const string VerifiedClaim = "email_verified";

    /// <summary>The services people may sign in with, as far as this installation is set up for them.</summary>
    internal static async Task<IReadOnlyList<string>> OfferedAsync(IAuthenticationSchemeProvider schemes)
    {
        var offered = new List<string>();
        foreach (var provider in new[] { GoogleSignIn.Scheme, RedditSignIn.Scheme })
        {
            // Reddit's handler is also there for connecting channels alone; only a name for people makes it a sign-in.
            if (await schemes.GetSchemeAsync(provider) is { DisplayName: not null })
            {
                offered.Add(provider);
            }
        }

        return offered;
    }

    /// <summary>Where sign-in with a service begins.</summary>
    internal static string Start(string provider, string? returnUrl = null, string? invitation = null) =>
        $"/api/v1/auth/{provider}?returnUrl={Uri.EscapeDataString(BrowserSignIn.Local(returnUrl))}&invitation={Uri.EscapeDataString(invitation ?? "")}";

    /// <summary>A service's name for people.</summary>
    internal static string Title(string provider) => new ExternalIdentity(provider, "", "", false, "").Name;

    /// <summary>Who somebody is at the other service, from the short cookie; null when there is none.</summary>
    internal static async Task<ExternalIdentity?> IdentityOfAsync(HttpContext http)
    {
        var result = await http.AuthenticateAsync(Scheme);
        return !RedditSignIn.IsForChannel(result.Properties) && result.Principal is { Identity.AuthenticationType: { Length: > 0 } provider } principal && principal.FindFirst(ClaimTypes.NameIdentifier)?.Value is { Length: > 0 } key
            ? new ExternalIdentity(
                provider, key, principal.FindFirst(ClaimTypes.Email)?.Value ?? "", principal.HasClaim(VerifiedClaim, "true"), principal.FindFirst(ClaimTypes.Name)?.Value ?? "")
            : null;
    }

    /// <summary>What the other service said, as the short cookie keeps it.</summary>
    internal static Claim[] Claims(string key, string email, bool isVerified, string name) =>
    [
        new(ClaimTypes.NameIdentifier, key),
        new(ClaimTypes.Email, email),
        new(ClaimTypes.Name, name),
        new(VerifiedClaim, isVerified ? "true" : "false"),
    ];

    /// <summary>Sets what every service's handler has alike.</summary>
    /// <param name="options">The handler's options.</param>
    /// <param name="failed">Where the browser goes when the answer is no good.</param>
    internal static void Configure(OAuthOptions options, Func<AuthenticationProperties?, string>? failed = null)
    {
        options.SignInScheme = Scheme;
        options.UsePkce = true;
        options.SaveTokens = false;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.Events.OnRemoteFailure = context =>
        {
            context.Response.Redirect(failed?.Invoke(context.Properties) ?? "/signin?reason=external");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    internal static void ShortCookie(CookieAuthenticationOptions options, string name, TimeSpan life)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookieManager();
        options.ExpireTimeSpan = life;
        options.SlidingExpiration = false;
    }
}

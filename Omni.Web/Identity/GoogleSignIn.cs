using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Web.Identity;

/// <summary>Sign-in with Google by the framework's OAuth handler: the state is bound to the browser by a cookie and counts once, the code is bound by PKCE.</summary>
internal static class GoogleSignIn
{
    internal const string Scheme = "google";

    /// <summary>Cookie between Google's answer and what becomes of it here.</summary>
    internal const string ExternalScheme = "external";

    /// <summary>Path that Google sends the browser back to.</summary>
    internal const string CallbackPath = "/signin/google";

    private const string VerifiedClaim = "email_verified";

    internal static AuthenticationBuilder AddGoogle(this AuthenticationBuilder builder, IConfiguration configuration)
    {
        var google = configuration.GetSection(GoogleOptions.Section).Get<GoogleOptions>() ?? new GoogleOptions();
        builder.AddCookie(ExternalScheme, o => ShortCookie(o, "omni-external", TimeSpan.FromMinutes(10)));
        if (!google.IsOn)
        {
            return builder;
        }

        if (google.ClientSecret is not { Length: > 0 })
        {
            throw new StartupException("Authentication:Google:ClientSecret: expected the secret that belongs to Authentication:Google:ClientId.");
        }

        return builder.AddOAuth(Scheme, o =>
        {
            o.SignInScheme = ExternalScheme;
            o.ClientId = google.ClientId!;
            o.ClientSecret = google.ClientSecret;
            o.AuthorizationEndpoint = google.AuthorizationEndpoint;
            o.TokenEndpoint = google.TokenEndpoint;
            o.UserInformationEndpoint = google.UserInformationEndpoint;
            o.CallbackPath = CallbackPath;
            o.UsePkce = true;
            o.SaveTokens = false;
            o.Scope.Add("openid");
            o.Scope.Add("email");
            o.Scope.Add("profile");
            o.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.CorrelationCookie.SameSite = SameSiteMode.Lax;
            o.Events.OnCreatingTicket = context => ReadAsync(context, google);
            o.Events.OnRemoteFailure = context =>
            {
                context.Response.Redirect("/signin?reason=external");
                context.HandleResponse();
                return Task.CompletedTask;
            };
        });
    }

    /// <summary>Who somebody is at Google, from the short cookie; null when there is none.</summary>
    internal static async Task<ExternalIdentity?> IdentityOfAsync(HttpContext http)
    {
        var result = await http.AuthenticateAsync(ExternalScheme);
        return result.Principal is { } principal && principal.FindFirst(ClaimTypes.NameIdentifier)?.Value is { Length: > 0 } key
            ? new ExternalIdentity(
                Scheme, key, principal.FindFirst(ClaimTypes.Email)?.Value ?? "", principal.HasClaim(VerifiedClaim, "true"), principal.FindFirst(ClaimTypes.Name)?.Value ?? "")
            : null;
    }

    internal static void ShortCookie(Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions options, string name, TimeSpan life)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostCookieManager();
        options.ExpireTimeSpan = life;
        options.SlidingExpiration = false;
    }

    private static async Task ReadAsync(OAuthCreatingTicketContext context, GoogleOptions google)
    {
        // An answer of another server that was slipped in must not be taken for Google's.
        var issuer = context.Request.Query["iss"].ToString();
        if (issuer.Length > 0 && issuer != google.Issuer)
        {
            throw new AuthenticationFailureException("The answer comes from another issuer.");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        if (!response.IsSuccessStatusCode)
        {
            throw new AuthenticationFailureException("The account could not be read.");
        }

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
        if (Text(json, "sub") is not { Length: > 0 } key)
        {
            throw new AuthenticationFailureException("The account has no id.");
        }

        var verified = json.RootElement.TryGetProperty("email_verified", out var flag) && flag.ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
        context.Identity!.AddClaims(
        [
            new Claim(ClaimTypes.NameIdentifier, key),
            new Claim(ClaimTypes.Email, Text(json, "email") ?? ""),
            new Claim(ClaimTypes.Name, Text(json, "name") ?? ""),
            new Claim(VerifiedClaim, verified ? "true" : "false"),
        ]);
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

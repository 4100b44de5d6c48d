using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Omni.Core.Operations;

namespace Omni.Web.Identity;

/// <summary>Sign-in with Google.</summary>
internal static class GoogleSignIn
{
    internal const string Scheme = "google";

    /// <summary>Path that Google sends the browser back to.</summary>
    internal const string CallbackPath = "/signin/google";

    internal static AuthenticationBuilder AddGoogle(this AuthenticationBuilder builder, IConfiguration configuration)
    {
        var google = configuration.GetSection(GoogleOptions.Section).Get<GoogleOptions>() ?? new GoogleOptions();
        if (!google.IsOn)
        {
            return builder;
        }

        if (google.ClientSecret is not { Length: > 0 })
        {
            throw new StartupException("Authentication:Google:ClientSecret: expected the secret that belongs to Authentication:Google:ClientId.");
        }

        return builder.AddOAuth(Scheme, ExternalSignIn.Title(Scheme), o =>
        {
            ExternalSignIn.Configure(o);
            o.ClientId = google.ClientId!;
            o.ClientSecret = google.ClientSecret;
            o.AuthorizationEndpoint = google.AuthorizationEndpoint;
            o.TokenEndpoint = google.TokenEndpoint;
            o.UserInformationEndpoint = google.UserInformationEndpoint;
            o.CallbackPath = CallbackPath;
            o.Scope.Add("openid");
            o.Scope.Add("email");
            o.Scope.Add("profile");
            o.Events.OnCreatingTicket = context => ReadAsync(context, google);
        });
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
        context.Identity!.AddClaims(ExternalSignIn.Claims(key, Text(json, "email") ?? "", verified, Text(json, "name") ?? ""));
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>Who is behind a request: schemes, the current actor, and the checks against other sites.</summary>
internal static class IdentitySetup
{
    private const string EitherScheme = "omni";

    /// <summary>Registers sign-in by cookie, token, Google and Reddit, and <see cref="ICurrentActor"/>.</summary>
    internal static IServiceCollection AddOmniSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<IPublicAddress, PublicAddress>();
        services.AddScoped<CurrentActor>();
        services.AddScoped<ICurrentActor>(p => p.GetRequiredService<CurrentActor>());
        services.AddScoped<ICurrentSession>(p => p.GetRequiredService<CurrentActor>());
        services.AddScoped<CircuitHandler, SessionCircuit>();
        services.AddScoped<SignedInAnswer>();
        services.AddScoped<BrowserSignIn>();
        services.AddCascadingAuthenticationState();
        services.AddOptions<GoogleOptions>().BindConfiguration(GoogleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, o => o.ForwardDefaultSelector = http =>
                http.Request.Headers.Authorization.Count > 0 ? TokenHandler.SchemeName : SessionCookies.Scheme)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenHandler.SchemeName, null)
            .AddCookie(SessionCookies.Scheme, SessionCookies.Configure)
            .AddCookie(BrowserSignIn.PendingScheme, o => ExternalSignIn.ShortCookie(o, "omni-pending", TimeSpan.FromMinutes(5)))
            .AddCookie(ExternalSignIn.Scheme, o => ExternalSignIn.ShortCookie(o, "omni-external", TimeSpan.FromMinutes(10)))
            .AddGoogle(configuration)
            .AddReddit(configuration);
        services.AddAuthorization();
        services.AddAntiforgery(o =>
        {
            o.HeaderName = CrossSiteChecks.TokenHeader;
            o.Cookie.Name = "omni-csrf";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        // A circuit's state must not wait in memory for somebody whose session ended: pages load again instead.
        services.Configure<CircuitOptions>(o => o.PersistedCircuitInMemoryMaxRetained = 0);
        return services;
    }

    /// <summary>Checks requests. After forwarded headers, before endpoints.</summary>
    internal static void UseOmniSignIn(this WebApplication app)
    {
        app.UseCircuitOriginCheck();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseApiAntiforgery();
    }
}

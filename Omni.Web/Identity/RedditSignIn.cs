using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Omni.Core.Channels;

namespace Omni.Web.Identity;

/// <summary>
/// Consent at Reddit, for signing in and for connecting a channel: an app has one redirect address, so both come back by the same path and
/// are told apart by what the protected state says (github.com/reddit-archive/reddit/wiki/OAuth2).
/// </summary>
internal static class RedditSignIn
{
    internal const string Scheme = "reddit";

    private const string Purpose = "purpose";
    private const string Channel = "channel";
    private const string ForChannel = "identity privatemessages read submit history";

    internal static AuthenticationBuilder AddReddit(this AuthenticationBuilder builder, IConfiguration configuration)
    {
        var reddit = configuration.GetSection(RedditOptions.Section).Get<RedditOptions>() ?? new RedditOptions();
        if (!reddit.IsOn)
        {
            return builder;
        }

        // Without a name for people nobody is offered to sign in; the handler then serves channels alone.
        return builder.AddOAuth(Scheme, reddit.SignIn ? ExternalSignIn.Title(Scheme) : null!, o =>
        {
            ExternalSignIn.Configure(o, properties => IsForChannel(properties) ? "/settings/channels?login=failed" : null!);
            o.ClientId = reddit.ClientId;
            o.ClientSecret = reddit.ClientSecret;
            o.AuthorizationEndpoint = new Uri(reddit.AuthUrl, "api/v1/authorize").AbsoluteUri;
            o.TokenEndpoint = new Uri(reddit.AuthUrl, "api/v1/access_token").AbsoluteUri;
            o.UserInformationEndpoint = new Uri(reddit.ApiUrl, "api/v1/me?raw_json=1").AbsoluteUri;
            o.CallbackPath = RedditOptions.CallbackPath;
            o.Scope.Add("identity");
            o.BackchannelHttpHandler = new RedditBackchannel(reddit) { InnerHandler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false } };
            o.Events.OnRedirectToAuthorizationEndpoint = context =>
            {
                // Only a lasting consent comes with a token to renew the others by.
                context.Response.Redirect($"{context.RedirectUri}&duration={(IsForChannel(context.Properties) ? "permanent" : "temporary")}");
                return Task.CompletedTask;
            };
            o.Events.OnCreatingTicket = ReadAsync;
        });
    }

    /// <summary>What to ask Reddit for when a channel is connected.</summary>
    /// <param name="back">Where the browser goes afterwards.</param>
    /// <param name="items">What is needed there; kept in the protected state.</param>
    internal static AuthenticationProperties ForConnecting(string back, IReadOnlyDictionary<string, string?> items)
    {
        var properties = new OAuthChallengeProperties(items.ToDictionary()) { RedirectUri = back, Scope = ForChannel.Split(' ') };
        properties.Items[Purpose] = Channel;
        return properties;
    }

    /// <summary>What came back for a channel: the token to renew others by, and what was kept in the state. Null when nothing did, or it was for signing in.</summary>
    internal static async Task<(string? RefreshToken, string Username, IDictionary<string, string?> Items)?> ConsentOfAsync(HttpContext http)
    {
        var result = await http.AuthenticateAsync(ExternalSignIn.Scheme);
        return IsForChannel(result.Properties) && result.Principal?.FindFirst(System.Security.Claims.ClaimTypes.Name)?.Value is { Length: > 0 } name
            ? (result.Properties!.GetTokenValue("refresh_token"), name, result.Properties!.Items)
            : null;
    }

    /// <summary>True when the consent was given for a channel; it then signs nobody in.</summary>
    internal static bool IsForChannel(AuthenticationProperties? properties) => properties?.Items.TryGetValue(Purpose, out var purpose) == true && purpose == Channel;

    private static async Task ReadAsync(OAuthCreatingTicketContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        if (!response.IsSuccessStatusCode)
        {
            throw new AuthenticationFailureException("The account could not be read.");
        }

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
        if (Text(json, "id") is not { Length: > 0 } key || Text(json, "name") is not { Length: > 0 } name)
        {
            throw new AuthenticationFailureException("The account has no id.");
        }

        // Reddit tells no address.
        context.Identity!.AddClaims(ExternalSignIn.Claims(key, "", false, name));
        if (IsForChannel(context.Properties) && context.RefreshToken is { Length: > 0 } lasting)
        {
            context.Properties.StoreTokens([new AuthenticationToken { Name = "refresh_token", Value = lasting }]);
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.ComponentModel.DataAnnotations;

namespace Omni.Web.Identity;

/// <summary><c>Authentication:Google</c>: sign-in with Google. Off without a client id. Values and addresses: https://developers.google.com/identity/openid-connect/openid-connect.</summary>
internal sealed class GoogleOptions
{
    internal const string Section = "Authentication:Google";

    /// <summary>Id of the OAuth client; null: sign-in with Google is off.</summary>
    public string? ClientId { get; init; }

    /// <summary>Secret of the OAuth client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Who must have answered, when the answer says so (RFC 9207).</summary>
    public string Issuer { get; init; } = "https://accounts.google.com";

    /// <summary>Where the browser is sent.</summary>
    [Url]
    public string AuthorizationEndpoint { get; init; } = "https://accounts.google.com/o/oauth2/v2/auth";

    /// <summary>Where the code is exchanged.</summary>
    [Url]
    public string TokenEndpoint { get; init; } = "https://oauth2.googleapis.com/token";

    /// <summary>Where id, address and name are read.</summary>
    [Url]
    public string UserInformationEndpoint { get; init; } = "https://openidconnect.googleapis.com/v1/userinfo";

    internal bool IsOn => ClientId is { Length: > 0 };
}

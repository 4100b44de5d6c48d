using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Omni.Tests.Identity;

/// <summary>A small OAuth server on 127.0.0.1 that answers as Google does; its one person is Ann.</summary>
internal sealed class GoogleServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _challenges = new();
    private WebApplication _app = null!;

    /// <summary>Whether it says that Ann's address is verified.</summary>
    internal bool IsVerified { get; set; } = true;

    /// <summary>The settings that lead Omni here.</summary>
    internal (string Key, string Value)[] Settings
    {
        get
        {
            var at = _app.Urls.First();
            return
            [
                ("Authentication:Google:ClientId", "omni"), ("Authentication:Google:ClientSecret", "secret"),
                ("Authentication:Google:AuthorizationEndpoint", $"{at}/authorize"), ("Authentication:Google:TokenEndpoint", $"{at}/token"),
                ("Authentication:Google:UserInformationEndpoint", $"{at}/userinfo"),
            ];
        }
    }

    internal static async Task<GoogleServer> StartAsync()
    {
        var google = new GoogleServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        google._app = builder.Build();
        google.Map();
        await google._app.StartAsync();
        return google;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapGet("/authorize", (HttpRequest request) =>
        {
            var code = Guid.NewGuid().ToString();
            Assert.Equal("S256", request.Query["code_challenge_method"]);
            _challenges[code] = request.Query["code_challenge"]!;
            return Results.Redirect(QueryHelpers.AddQueryString(request.Query["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = request.Query["state"] }));
        });
        _app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!)));
            return _challenges.TryRemove(form["code"]!, out var expected) && expected == challenge && form["client_secret"] == "secret"
                ? Results.Json(new { access_token = "google-token", token_type = "Bearer" })
                : Results.BadRequest();
        });
        _app.MapGet("/userinfo", (HttpRequest request) => request.Headers.Authorization == "Bearer google-token"
            ? Results.Json(new { sub = "google-1", email = "ann@example.com", email_verified = IsVerified, name = "Ann" })
            : Results.Unauthorized());
    }
}

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

/// <summary>A small OAuth server on 127.0.0.1 that answers as Google does, and under other paths as Reddit does; its one person is Ann.</summary>
internal sealed class OAuthServer : IAsyncDisposable
{
    internal const string UserAgent = "web:com.example.omni:v1.0 (by /u/ann)";

    private readonly ConcurrentDictionary<string, string> _challenges = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private WebApplication _app = null!;

    /// <summary>Whether Google says that Ann's address is verified.</summary>
    internal bool IsVerified { get; set; } = true;

    /// <summary>What calls as Reddit's did not keep to.</summary>
    internal IReadOnlyCollection<string> Wrong => _wrong;

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
                ("Platforms:Reddit:ClientId", "omni-app"), ("Platforms:Reddit:ClientSecret", "secret"), ("Platforms:Reddit:UserAgent", UserAgent),
                ("Platforms:Reddit:AuthUrl", $"{at}/reddit/"), ("Platforms:Reddit:ApiUrl", $"{at}/reddit/"),
            ];
        }
    }

    internal static async Task<OAuthServer> StartAsync()
    {
        var server = new OAuthServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        server._app = builder.Build();
        server.MapGoogle();
        server.MapReddit();
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void MapGoogle()
    {
        _app.MapGet("/authorize", Consent);
        _app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            return IsRight(form) && form["client_secret"] == "secret" ? Results.Json(new { access_token = "google-token", token_type = "Bearer" }) : Results.BadRequest();
        });
        _app.MapGet("/userinfo", (HttpRequest request) => request.Headers.Authorization == "Bearer google-token"
            ? Results.Json(new { sub = "google-1", email = "ann@example.com", email_verified = IsVerified, name = "Ann" })
            : Results.Unauthorized());
    }

    private void MapReddit()
    {
        _app.MapGet("/reddit/api/v1/authorize", (HttpRequest request) =>
        {
            Expect(request.Query["duration"] == "temporary", "signing in needs no lasting consent");
            Expect(request.Query["scope"] == "identity", "signing in needs the name only");
            return Consent(request);
        });
        _app.MapPost("/reddit/api/v1/access_token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            Expect(request.Headers.Authorization == $"Basic {Convert.ToBase64String("omni-app:secret"u8)}", "the app proves itself by Basic");
            Expect(!form.ContainsKey("client_secret"), "the secret is not in the form as well");
            Expect(request.Headers.UserAgent == UserAgent, "the token call names the program");

            // A code that is no good is answered with 200.
            return Results.Json(IsRight(form) ? new { access_token = "reddit-token", token_type = "bearer", expires_in = 3600, scope = "identity" } : new { error = "invalid_grant" } as object);
        });
        _app.MapGet("/reddit/api/v1/me", (HttpRequest request) =>
        {
            Expect(request.Headers.UserAgent == UserAgent, "reading names the program");
            return string.Equals(request.Headers.Authorization, "Bearer reddit-token", StringComparison.OrdinalIgnoreCase)
                ? Results.Json(new { id = "3ebyblla", name = "ann_reads", has_verified_email = true })
                : Results.Unauthorized();
        });
    }

    private IResult Consent(HttpRequest request)
    {
        var code = Guid.NewGuid().ToString();
        Assert.Equal("S256", request.Query["code_challenge_method"]);
        _challenges[code] = request.Query["code_challenge"]!;
        return Results.Redirect(QueryHelpers.AddQueryString(request.Query["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = request.Query["state"] }));
    }

    private bool IsRight(IFormCollection form)
    {
        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!)));
        return _challenges.TryRemove(form["code"]!, out var expected) && expected == challenge;
    }

    private void Expect(bool holds, string what)
    {
        if (!holds)
        {
            _wrong.Enqueue(what);
        }
    }
}

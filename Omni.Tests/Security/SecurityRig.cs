using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Omni.Tests.Events;
using Omni.Tests.Identity;
using Omni.Tests.Support;

namespace Omni.Tests.Security;

/// <summary>The real program with a mail server and Redis, behind a proxy that tells addresses. Started once for all tests of attacks.</summary>
public sealed class SecurityRig : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();

    internal SpineRig Spine { get; private set; } = null!;

    internal RedisServer Redis { get; private set; } = null!;

    internal SmtpServer Mail { get; } = new();

    internal Uri Address => Spine.Omni.Address;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        Redis = await RedisServer.StartedAsync();
        Spine = await SpineRig.StartAsync(_database.ConnectionString,
            "--Omni:TrustedProxies=127.0.0.1", "--Omni:Registration=open", $"--ConnectionStrings:Redis={Redis.ConnectionString}",
            "--Smtp:Host=127.0.0.1", $"--Smtp:Port={Mail.Port}", "--Smtp:Security=None", "--Smtp:From=omni@example.com", "--Omni:Logs=json");
        using var http = Client();
        await CallAsync(http, HttpMethod.Post, "/api/v1/auth/verify-email", new { token = await Mail.LinkAsync(Spine.Email, $"{Address}verify-email/") });
    }

    public async Task DisposeAsync()
    {
        await Spine.DisposeAsync();
        await Redis.DisposeAsync();
        await Mail.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A client without sign-in, from an address of its own.</summary>
    internal HttpClient Client(string? token = null, string? from = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (from is not null)
        {
            http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        }

        return http;
    }

    /// <summary>Somebody with an organization of their own.</summary>
    internal async Task<Person> RegisterAsync(string name)
    {
        using var http = Client();
        var email = $"{name}-{Guid.NewGuid():N}@example.com";
        var answer = await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = SpineRig.Password, displayName = name, organizationName = $"{name}'s" });
        var data = await IdentityHost.DataAsync(answer, HttpStatusCode.Created);
        return new Person(data["user"]!["id"]!.GetValue<Guid>(), email, data["organization"]!["id"]!.GetValue<Guid>(), data["accessToken"]!.GetValue<string>(), data["refreshToken"]!.GetValue<string>());
    }

    /// <summary>Somebody who belongs to the first organization.</summary>
    internal async Task<Person> JoinAsync(string name, string role = "agent")
    {
        var email = $"{name}-{Guid.NewGuid():N}@example.com";
        await Spine.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email, role });
        using var http = Client();
        var data = await CallAsync(
            http, HttpMethod.Post, "/api/v1/auth/register",
            new { email, password = SpineRig.Password, displayName = name, invitationToken = await Mail.LinkAsync(email, $"{Address}invitation/") }, HttpStatusCode.Created);
        return new Person(data["user"]!["id"]!.GetValue<Guid>(), email, Spine.OrganizationId, data["accessToken"]!.GetValue<string>(), data["refreshToken"]!.GetValue<string>());
    }

    /// <summary>A browser that is signed in: its client and what its Cookie header says.</summary>
    internal async Task<(HttpClient Http, string Cookie)> SignInAsync(string email)
    {
        var cookies = new CookieContainer();
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = Address };
        var answer = await BrowserTests.SendAsync(http, "/signin", ("Form.Email", email), ("Form.Password", SpineRig.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return (http, cookies.GetCookieHeader(Address));
    }

    /// <summary>Makes a call of the API and returns its data.</summary>
    internal static async Task<JsonNode> CallAsync(HttpClient http, HttpMethod method, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)) };
        return await IdentityHost.DataAsync(await http.SendAsync(request), expected);
    }
}

/// <summary>One program for all tests of attacks, one after another: several of them load it on purpose.</summary>
[CollectionDefinition("Security")]
public sealed class SecurityCollection : ICollectionFixture<SecurityRig>;

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Identity;
using Omni.Infrastructure.Media;
using Omni.Infrastructure.Operations;
using Omni.Tests.Support;
using Omni.Web;
using Omni.Web.Identity;

namespace Omni.Tests.Identity;

/// <summary>The identity part of the program on Kestrel and a database of its own, in this process, so that a test can set the clock.</summary>
public sealed class IdentityHost : IAsyncDisposable
{
    public const string Password = "correct horse fjord";

    private readonly WebApplication _app;
    private readonly string _folder;

    private IdentityHost(WebApplication app, string folder, string connectionString, TestClock clock) =>
        (_app, _folder, ConnectionString, Clock) = (app, folder, connectionString, clock);

    public string ConnectionString { get; }

    public TestClock Clock { get; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<IdentityHost> StartAsync(string connectionString, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("omni-identity-").FullName;
        var clock = new TestClock();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(AuthController).Assembly.GetName().Name });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Configuration.AddInMemoryCollection([new("Omni:DataDirectory", folder), .. settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))]);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddOmniOptions();
        builder.Services.AddData(connectionString);
        builder.Services.AddEvents(null);
        builder.Services.AddIdentity();
        builder.Services.AddMedia();
        builder.Services.AddOmniSignIn(builder.Configuration);
        builder.Services.AddControllers().AddApplicationPart(typeof(AuthController).Assembly);
        builder.Services.AddScoped<Omni.Web.Operations.CspNonce>();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        var app = builder.Build();
        app.UseOmniSignIn();
        app.MapStaticAssets();
        app.MapControllers();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        app.MapGet("/", () => Results.Content("<!doctype html><title>Omni</title>", "text/html"));
        app.MapGet("/test/stream", StreamAsync);
        await app.StartAsync();
        return new IdentityHost(app, folder, connectionString, clock);
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A client with a cookie jar of its own.</summary>
    public HttpClient Client(bool redirects = false) => new(new SocketsHttpHandler { AllowAutoRedirect = redirects, UseProxy = false }) { BaseAddress = Address };

    /// <summary>A client that carries a token.</summary>
    public HttpClient Client(string token)
    {
        var http = Client();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>Registers the first account, or with an invitation any other.</summary>
    public async Task<Person> RegisterAsync(string email, string? invitation = null)
    {
        using var http = Client();
        var answer = await http.PostAsJsonAsync("/api/v1/auth/register", new
        {
            email,
            password = Password,
            displayName = email.Split('@')[0],
            organizationName = invitation is null ? $"{email.Split('@')[0]}'s" : null,
            invitationToken = invitation,
        });
        var data = await DataAsync(answer, HttpStatusCode.Created);
        return new Person(data["user"]!["id"]!.GetValue<Guid>(), email, data["organization"]!["id"]!.GetValue<Guid>(), data["accessToken"]!.GetValue<string>(), data["refreshToken"]!.GetValue<string>());
    }

    /// <summary>Invites somebody and registers them.</summary>
    public async Task<Person> JoinAsync(Person inviter, string email, string role)
    {
        using var http = Client(inviter.Token);
        var data = await DataAsync(await http.PostAsJsonAsync("/api/v1/members/invitations", new { email, role }), HttpStatusCode.Created);
        return await RegisterAsync(email, data["token"]!.GetValue<string>());
    }

    public static async Task<JsonNode> DataAsync(HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
        return JsonNode.Parse(text)!["data"] ?? new JsonObject();
    }

    public static async Task<int> CodeAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(text)!["error"]!["code"]!.GetValue<int>();
    }

    // What an event stream does with the registry, without the events.
    private static async Task StreamAsync(HttpContext http, ICurrentActor current, SessionRegistry registry)
    {
        if (!(await current.GetAsync(http.RequestAborted)).Succeeded(out var actor, out _))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var watch = registry.Watch(actor);
        await http.Response.WriteAsync("ready\n");
        await http.Response.Body.FlushAsync();
        var end = new TaskCompletionSource();
        await using var one = watch.Ended.Register(end.SetResult);
        await end.Task.WaitAsync(http.RequestAborted);
        await http.Response.WriteAsync($"end {Names.Of(watch.Reason!.Value)}\n");
    }
}

/// <summary>Somebody with an account and tokens.</summary>
public sealed record Person(Guid Id, string Email, Guid OrganizationId, string Token, string RefreshToken);

/// <summary>The real clock, moved by what a test adds. Timers run in real time.</summary>
public sealed class TestClock : TimeProvider
{
    private long _ahead;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
}

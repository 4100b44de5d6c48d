using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Contacts;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Infrastructure.Contacts;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Identity;
using Omni.Infrastructure.Inbox;
using Omni.Infrastructure.Media;
using Omni.Infrastructure.Operations;
using Omni.Tests.Support;
using Omni.Web.Identity;
using Omni.Web.Shared.Api;

namespace Omni.Tests.Api;

/// <summary>The API on Kestrel with a database of its own and real sign-in; only the platform behind a channel is missing.</summary>
public class ApiHost : IAsyncLifetime
{
    private const string Password = "correct horse fjord";

    private readonly string _folder = Directory.CreateTempSubdirectory("omni-api-").FullName;
    private WebApplication _app = null!;
    private int _people;

    /// <summary>Connects as the login role.</summary>
    public string ConnectionString { get; private set; } = "";

    public Uri Address => new(_app.Urls.First());

    /// <summary>Owner of the first organization.</summary>
    public Member Ann { get; private set; } = null!;

    /// <summary>Owner of another organization.</summary>
    public Member Eve { get; private set; } = null!;

    /// <summary>Signs that would have gone to platforms.</summary>
    public ConcurrentQueue<string> Signals { get; } = new();

    /// <summary>Where files are.</summary>
    public string Folder => _folder;

    protected virtual IEnumerable<(string Key, string Value)> Settings => [];

    public async Task InitializeAsync()
    {
        ConnectionString = await Database.CreateAsync();
        _app = Build();
        await _app.StartAsync();
        Ann = await RegisterAsync("ann@example.test");
        Eve = await RegisterAsync("eve@example.test");
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await Database.DropAsync(ConnectionString);
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A client without any sign-in.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { BaseAddress = Address };

    /// <summary>A client that carries a token.</summary>
    public HttpClient Client(Member member)
    {
        var http = Client();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", member.Token);
        return http;
    }

    /// <summary>Makes an account with an organization of its own.</summary>
    public async Task<Member> RegisterAsync(string email)
    {
        using var http = Client();
        var answer = await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, displayName = email.Split('@')[0], organizationName = $"Team {Interlocked.Increment(ref _people)}" });
        var data = await answer.DataAsync(HttpStatusCode.Created);
        return new Member(data["user"]!["id"]!.GetValue<Guid>(), data["organization"]!["id"]!.GetValue<Guid>(), data["accessToken"]!.GetValue<string>());
    }

    /// <summary>Makes an account in somebody's organization.</summary>
    public async Task<Member> JoinAsync(Member inviter, string email, string role)
    {
        using var boss = Client(inviter);
        var invitation = await (await boss.PostAsJsonAsync("/api/v1/members/invitations", new { email, role })).DataAsync(HttpStatusCode.Created);
        using var http = Client();
        var answer = await http.PostAsJsonAsync("/api/v1/auth/register", new { email, password = Password, displayName = email.Split('@')[0], invitationToken = invitation["token"]!.GetValue<string>() });
        var data = await answer.DataAsync(HttpStatusCode.Created);
        return new Member(data["user"]!["id"]!.GetValue<Guid>(), inviter.OrganizationId, data["accessToken"]!.GetValue<string>());
    }

    /// <summary>A conversation with one incoming message, as the inbound worker leaves it.</summary>
    public async Task<Talk> GivenConversationAsync(Member member, string name = "Kari Nordmann", string text = "Hello", DateTimeOffset? at = null, string? externalId = null)
    {
        var now = at ?? TimeProvider.System.GetUtcNow();
        await using var db = await Get<IOmniDbFactory>().OpenAsync(member.OrganizationId, CancellationToken.None);
        var channel = db.Channels.FirstOrDefault() ?? db.Channels.Add(new Channel(member.OrganizationId, ChannelKind.WhatsApp, "WhatsApp", $"{OmniId.New():N}", now)).Entity;
        var contact = new Contact(member.OrganizationId, name, now);
        var identity = new ContactIdentity(member.OrganizationId, contact.Id, channel.Id, externalId ?? $"{OmniId.New():N}") { Primary = true };
        var conversation = new Conversation(member.OrganizationId, channel.Id, contact.Id, "", now)
        {
            LastSeq = 1,
            LastUnreadSeq = 1,
            LastPosition = now.ToUnixTimeMilliseconds(),
            LastInboundAt = now,
            WaitingSince = now,
            WindowUntil = now.AddHours(24),
            LastMessageDirection = MessageDirection.In,
            LastMessagePreview = text,
        };
        var message = new Message
        {
            OrganizationId = member.OrganizationId,
            ConversationId = conversation.Id,
            ChannelId = channel.Id,
            Seq = 1,
            Position = conversation.LastPosition,
            Direction = MessageDirection.In,
            Text = text,
            ContactId = contact.Id,
            Source = MessageSource.Platform,
            ExternalId = $"wamid.{OmniId.New():N}",
            Status = MessageStatus.Received,
            PlatformTime = now,
            ReceivedAt = now,
            CreatedAt = now,
        };
        conversation.LastMessageId = message.Id;
        db.Contacts.Add(contact);
        db.ContactIdentities.Add(identity);
        db.Conversations.Add(conversation);
        await db.SaveChangesAsync();
        db.Messages.Add(message);
        await db.CommitAsync(CancellationToken.None);
        return new Talk(conversation.Id, message.Id, contact.Id, channel.Id);
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(OmniApi).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Configuration.AddInMemoryCollection(
        [
            new("Omni:DataDirectory", _folder), new("Omni:Registration", "open"),
            .. Settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value)),
        ]);
        var signals = Substitute.For<IOutboundSignals>();
        signals.When(s => s.Read(Arg.Any<Actor>(), Arg.Any<Guid>())).Do(call => Signals.Enqueue($"read {call.Arg<Guid>()}"));
        signals.When(s => s.Typing(Arg.Any<Actor>(), Arg.Any<Guid>())).Do(call => Signals.Enqueue($"typing {call.Arg<Guid>()}"));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOmniOptions();
        builder.Services.AddData(ConnectionString);
        builder.Services.AddEvents(null);
        builder.Services.AddIdentity();
        builder.Services.AddOmniSignIn(builder.Configuration);
        builder.Services.AddInbox();
        builder.Services.AddContacts();
        builder.Services.AddMedia();
        builder.Services.AddCallLimits();
        builder.Services.AddSingleton<WorkSignals>();
        builder.Services.AddSingleton(Adapters());
        builder.Services.AddSingleton(signals);
        builder.Services.AddScoped<Omni.Web.Operations.CspNonce>();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddOmniApi();
        var app = builder.Build();
        app.UseOmniApiErrors();
        app.UseOmniSignIn();
        app.UseOmniApiLimits();
        app.MapOmniApi();
        return app;
    }

    private static IChannelAdapters Adapters()
    {
        var adapter = Substitute.For<IChannelAdapter>();
        adapter.Kind.Returns(ChannelKind.WhatsApp);
        adapter.Capabilities.Returns(new ChannelCapabilities
        {
            MaxTextLength = 4096, ReplyWindow = TimeSpan.FromHours(24), Templates = true, Replies = true, Reactions = true, Captions = true, SendsPerSecond = 80, SendBurst = 80,
            Media = new Dictionary<string, MediaRule> { ["image"] = new(5 << 20, ["image/png", "image/jpeg"]), ["file"] = new(100 << 20, []) },
        });
        var adapters = Substitute.For<IChannelAdapters>();
        adapters.Find(ChannelKind.WhatsApp).Returns(adapter);
        return adapters;
    }
}

/// <summary>Somebody with an account and a token.</summary>
public sealed record Member(Guid Id, Guid OrganizationId, string Token);

/// <summary>A conversation with its first message.</summary>
public sealed record Talk(Guid Id, Guid MessageId, Guid ContactId, Guid ChannelId);

/// <summary>Takes answers of the API apart.</summary>
public static class Answers
{
    /// <summary>The data of a success.</summary>
    public static async Task<JsonNode> DataAsync(this HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK) =>
        (await answer.BodyAsync(expected))["data"] ?? new JsonObject();

    /// <summary>The whole envelope of a success.</summary>
    public static async Task<JsonNode> BodyAsync(this HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
        var body = JsonNode.Parse(text)!;
        Assert.True(body["success"]!.GetValue<bool>());
        return body;
    }

    /// <summary>The body of a failure, after its envelope was checked.</summary>
    public static async Task<JsonNode> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var body = JsonNode.Parse(text)!;
        Assert.False(body["success"]!.GetValue<bool>());
        Assert.Equal((int)expected, body["status"]!.GetValue<int>());
        Assert.False(string.IsNullOrEmpty(body["error"]!["message"]!.GetValue<string>()));
        Assert.False(string.IsNullOrEmpty(body["error"]!["name"]!.GetValue<string>()));
        Assert.False(string.IsNullOrEmpty(body["traceId"]!.GetValue<string>()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", body["timestamp"]!.GetValue<string>());
        return body;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Notifications;
using Omni.Core.Tenancy;
using Omni.Web.Inbox;
using Omni.Web.Operations;
using Omni.Web.Shared;

namespace Omni.Tests.Inbox;

/// <summary>The real pages on a real server with an inbox in memory behind them, for tests in a browser.</summary>
internal sealed class InboxHost(FakeInbox inbox, TimeProvider clock) : IAsyncDisposable
{
    private readonly JsonObject _settings = [];
    private WebApplication? _app;

    /// <summary>Where it listens; stays the same over a restart.</summary>
    internal string Address { get; private set; } = "";

    /// <summary>Messages the browser has posted, in order, repeats included.</summary>
    internal List<JsonObject> Posted { get; } = [];

    /// <summary>What the next posts are answered instead; null for the usual answer.</summary>
    internal Func<JsonObject, IResult?>? Answer { get; set; }

    internal async Task StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "Omni.Web", ContentRootPath = AppContext.BaseDirectory, EnvironmentName = "Development" });
        builder.WebHost.UseStaticWebAssets().UseKestrel(k => k.Listen(IPAddress.Loopback, Address.Length > 0 ? new Uri(Address).Port : port));
        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddAntiforgery();
        builder.Services.AddScoped<CspNonce>();
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<Presence>();
        builder.Services.AddSingleton<IInboxReader>(inbox).AddSingleton<IInboxLive>(inbox).AddSingleton<IInboxMarks>(inbox).AddSingleton<IInboxDirectory>(inbox);
        builder.Services.AddSingleton<IInboxActions>(inbox).AddSingleton<IEventBus>(inbox).AddSingleton<ICurrentActor>(inbox).AddSingleton<IChannelAdapters>(inbox).AddSingleton<IFirstSteps>(inbox).AddSingleton<INotifications>(new NoNotifications()).AddSingleton<IOutboundSignals>(inbox).AddSingleton<ReadingService>();
        builder.Services.AddPages();
        _app = builder.Build();
        _app.UseAntiforgery();
        _app.MapStaticAssets("Omni.Web.staticwebassets.endpoints.json");
        MapApi(_app.MapGroup("/api/v1"));
        _app.MapPages();
        await _app.StartAsync();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    internal async Task StopAsync()
    {
        if (_app is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private void MapApi(IEndpointRouteBuilder api)
    {
        api.MapGet("auth/antiforgery", () => Results.Json(new { success = true, data = new { token = "t" } }));
        api.MapPost("conversations/{id:guid}/messages", async (Guid id, JsonObject body) =>
        {
            lock (Posted)
            {
                Posted.Add(body);
            }

            if (Answer?.Invoke(body) is { } other)
            {
                return other;
            }

            var clientId = Guid.Parse(body["clientId"]!.ToString());
            if (inbox.MessagesOf(id).All(m => m.ClientId != clientId))
            {
                var note = body["kind"]!.ToString() == "note";
                await inbox.SayAsync(SampleInbox.Message(inbox.Row(id), inbox.Row(id).LastSeq + 1, body["text"]?.ToString(), clock.GetUtcNow(), note ? MessageDirection.Internal : MessageDirection.Out) with
                {
                    ClientId = clientId, AuthorId = inbox.Actor.UserId, AuthorName = inbox.Actor.DisplayName, Kind = note ? MessageKind.Note : MessageKind.Message, Status = note ? MessageStatus.Received : MessageStatus.Sent,
                });
            }

            return Results.Json(new { success = true, data = new { clientId } }, statusCode: 201);
        }).DisableAntiforgery();
        api.MapPatch("users/me/settings", (JsonObject body) =>
        {
            foreach (var (name, value) in body)
            {
                _settings[name] = value?.DeepClone();
            }

            inbox.Directory = inbox.Directory with { Mine = Preferences.Read(_settings.ToJsonString()) };
            return Results.Json(new { success = true, data = _settings });
        }).DisableAntiforgery();
        api.MapPut("conversations/{id:guid}/draft", async (Guid id, JsonObject body) =>
        {
            await inbox.SaveDraftAsync(inbox.Actor, id, body["mode"]!.ToString(), body["text"]!.ToString(), DateTimeOffset.Parse(body["writtenAt"]!.ToString()), CancellationToken.None);
            return Results.Json(new { success = true });
        }).DisableAntiforgery();
        api.MapPost("conversations/{id:guid}/typing", (Guid id) => Results.Json(new { success = true })).DisableAntiforgery();
        api.MapPost("media", (IFormFile file) => Results.Json(new { success = true, data = new { id = OmniId.New() } })).DisableAntiforgery();
        api.MapGet("channels/{id:guid}/templates", (Guid id) => Results.Json(new
        {
            success = true,
            data = new[] { new { name = "parcel_followup", language = "en", category = "utility", status = "approved", body = "Hi {{1}}, we found your parcel {{2}}." } },
        }));
        api.MapGet("conversations", (string q) => Results.Json(new { success = true, data = Array.Empty<object>() }));
    }
}

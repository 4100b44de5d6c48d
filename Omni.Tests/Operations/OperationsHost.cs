using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Core.Notifications;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Events;
using Omni.Infrastructure.Operations;
using Omni.Web.Operations;

namespace Omni.Tests.Operations;

/// <summary>A node with this feature's parts only, on a free port of 127.0.0.1.</summary>
internal sealed class OperationsHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OperationsHost(WebApplication app, HttpClient http) => (_app, Http) = (app, http);

    internal HttpClient Http { get; }

    internal IServiceProvider Services => _app.Services;

    internal SnoozeCalls Snoozes => _app.Services.GetRequiredService<SnoozeCalls>();

    internal static async Task<OperationsHost> StartAsync(string connectionString, string? redis = null, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddOperationsWeb();
        builder.Services.AddOmniOptions();
        builder.Services.AddData(connectionString);
        builder.Services.AddEvents(redis);
        builder.Services.AddOperations(connectionString, Guid.NewGuid().ToString("N"));
        builder.Services.AddSingleton<SnoozeCalls>();
        builder.Services.AddSingleton<ISnoozeWaker>(p => p.GetRequiredService<SnoozeCalls>());
        builder.Services.AddSingleton<IChannelProbe, NoProbe>();
        builder.Services.AddSingleton<IDigests, NoDigests>();
        var app = builder.Build();
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.MapOperations();
        app.MapGet("/page", (CspNonce nonce) => nonce.Value);
        app.MapGet("/own-policy", (HttpContext http) => { http.Response.Headers.ContentSecurityPolicy = "sandbox"; return "x"; });
        app.MapGet("/who", (HttpContext http) => $"{http.Connection.RemoteIpAddress} {http.Request.Scheme}");
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new OperationsHost(app, new HttpClient { BaseAddress = new Uri(address) });
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal sealed class SnoozeCalls : ISnoozeWaker
    {
        private int _running;

        internal ConcurrentBag<DateTimeOffset> Calls { get; } = [];

        internal bool Overlapped { get; private set; }

        public async Task<int> WakeDueAsync(CancellationToken ct)
        {
            Overlapped |= Interlocked.Increment(ref _running) > 1;
            Calls.Add(TimeProvider.System.GetUtcNow());
            await Task.Yield();
            Interlocked.Decrement(ref _running);
            return 0;
        }
    }

    private sealed class NoDigests : IDigests
    {
        public Task<int> SendDueAsync(CancellationToken ct) => Task.FromResult(0);
    }

    private sealed class NoProbe : IChannelProbe
    {
        public Task<ChannelProbeResult> ProbeAsync(CancellationToken ct) => Task.FromResult(new ChannelProbeResult(0, 0, 0));
    }
}

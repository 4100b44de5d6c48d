using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Omni.Infrastructure.Common;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>The simulator as a server of its own on 127.0.0.1, for tests and measurements over real HTTP.</summary>
internal sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorServer(WebApplication app)
    {
        _app = app;
        Simulator = app.Services.GetRequiredService<GraphSimulator>();
        Reddit = app.Services.GetRequiredService<RedditSimulator>();
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    /// <summary>The simulator, to register accounts and give orders.</summary>
    public GraphSimulator Simulator { get; }

    /// <summary>The pretended Reddit.</summary>
    public RedditSimulator Reddit { get; }

    /// <summary>Where Reddit is: the value for <c>Platforms:Reddit:ApiUrl</c> and <c>AuthUrl</c>.</summary>
    public Uri RedditUrl => new(Url, "reddit/");

    /// <summary>Its address: the value for <c>Platforms:Meta:GraphUrl</c>.</summary>
    public Uri Url { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="ledgerPath">A file for the ledger; null for memory only.</param>
    /// <param name="port">Port; 0 takes a free one.</param>
    /// <param name="ct">Ends the start.</param>
    public static async Task<SimulatorServer> StartAsync(string? ledgerPath = null, int port = 0, CancellationToken ct = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = 200 << 20;
        });
        builder.Services.AddGraphSimulator(ledgerPath);
        var app = builder.Build();
        app.Map("/reddit", reddit => reddit.Run(app.Services.GetRequiredService<RedditSimulator>().HandleAsync));
        app.Run(app.Services.GetRequiredService<GraphSimulator>().HandleAsync);
        await app.StartAsync(ct);
        return new SimulatorServer(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>Registers the simulator.</summary>
internal static class SimulatorServices
{
    /// <summary>The simulator with its ledger and webhooks.</summary>
    public static IServiceCollection AddGraphSimulator(this IServiceCollection services, string? ledgerPath = null)
    {
        services.AddPlatformHttpClient(SimulatorWebhooks.Client, TimeSpan.FromSeconds(30));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new SimulatorLedger(ledgerPath));
        services.AddSingleton<SimulatorMedia>(_ => new SimulatorMedia());
        services.AddSingleton<SimulatorWebhooks>();
        services.AddSingleton<RedditSimulator>();
        return services.AddSingleton<GraphSimulator>();
    }
}

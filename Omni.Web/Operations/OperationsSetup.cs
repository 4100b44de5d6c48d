using System.Net;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Omni.Core.Operations;
using Omni.Web.Operations.Metrics;

namespace Omni.Web.Operations;

/// <summary>Running the web part: health, metrics, limits, proxies.</summary>
internal static class OperationsSetup
{
    /// <summary>Registers metrics, the pages' policy, who is trusted to forward, and the server's limits.</summary>
    internal static WebApplicationBuilder AddOperationsWeb(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MetricsCollector>();
        builder.Services.AddHostedService(p => p.GetRequiredService<MetricsCollector>()); // from the start on
        builder.Services.AddScoped<CspNonce>();
        builder.Services.AddScoped<CircuitHandler, CircuitCount>();
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<Microsoft.Extensions.Options.IOptions<OmniOptions>>((f, o) => Trust(f, o.Value));
        builder.Services.Configure<KestrelServerOptions>(Limit);
        return builder;
    }

    /// <summary>Maps <c>/health</c>, <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>: without sign-in and rate limits.</summary>
    internal static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health", HealthEndpoints.GetAsync).Open();
        endpoints.MapGet("/health/live", HealthEndpoints.Live).Open();
        endpoints.MapGet("/health/ready", HealthEndpoints.ReadyAsync).Open();
        endpoints.MapGet("/metrics", MetricsEndpoint.Get).Open();
        return endpoints;
    }

    /// <summary>Nobody's X-Forwarded-* headers count unless <see cref="OmniOptions.TrustedProxies"/> names them.</summary>
    internal static void Trust(ForwardedHeadersOptions forwarded, OmniOptions options)
    {
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in OmniOptions.List(options.TrustedProxies))
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        // The framework takes two empty lists for "everybody is trusted".
        forwarded.ForwardedHeaders = forwarded.KnownProxies.Count + forwarded.KnownIPNetworks.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = null; // a chain of proxies that are all trusted
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 20_000;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 10_000; // open pages
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestBodySize = 5 << 20; // uploads ask for more themselves
    }

    private static void Open(this RouteHandlerBuilder endpoint) => endpoint.AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
}

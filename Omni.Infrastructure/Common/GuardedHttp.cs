using Microsoft.Extensions.DependencyInjection;

namespace Omni.Infrastructure.Common;

/// <summary>Registers HTTP clients. No other way to make one is used: proxies, cookies and silent redirects are off in all of them.</summary>
internal static class GuardedHttp
{
    /// <summary>A client for addresses that a tenant, a person or a payload supplies. Redirects come back as answers; the caller follows them knowingly.</summary>
    public static IHttpClientBuilder AddGuardedHttpClient(this IServiceCollection services, string name, Func<IServiceProvider, EgressRules> rules) =>
        services.AddHttpClient(name, (provider, http) => http.Timeout = rules(provider).Timeout)
            .ConfigurePrimaryHttpMessageHandler(provider =>
            {
                var guard = new EgressGuard(rules(provider));
                var sockets = Sockets(TimeSpan.FromSeconds(5));
                sockets.ConnectCallback = guard.ConnectAsync;
                return new GuardHandler(guard) { InnerHandler = sockets };
            })
            .Finish();

    /// <summary>A client for an address that the operator configured.</summary>
    /// <param name="services">Where to register it.</param>
    /// <param name="name">Its name at the factory.</param>
    /// <param name="timeout">Longest time for a request with its answer.</param>
    public static IHttpClientBuilder AddPlatformHttpClient(this IServiceCollection services, string name, TimeSpan timeout) =>
        services.AddHttpClient(name, http =>
            {
                http.Timeout = timeout;
                http.MaxResponseContentBufferSize = 4 << 20;
            })
            .ConfigurePrimaryHttpMessageHandler(() => Sockets(TimeSpan.FromSeconds(10)))
            .Finish();

    private static SocketsHttpHandler Sockets(TimeSpan connect) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = connect,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a changed name is noticed
    };

    // Loggers of the factory write addresses, and some platforms want tokens in them.
    private static IHttpClientBuilder Finish(this IHttpClientBuilder builder) => builder
        .ConfigureHttpClient(http => http.DefaultRequestHeaders.UserAgent.ParseAdd("Omni/1.0"))
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        .RemoveAllLoggers();

    private sealed class GuardHandler(EgressGuard guard) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            guard.Check(request.RequestUri ?? throw new EgressRefusedException("There is no address."));
            return base.SendAsync(request, cancellationToken);
        }
    }
}

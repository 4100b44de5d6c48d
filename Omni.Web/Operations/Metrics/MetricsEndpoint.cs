using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Omni.Core.Operations;

namespace Omni.Web.Operations.Metrics;

/// <summary><c>GET /metrics</c>: for this machine, and for those who know <see cref="OmniOptions.MetricsToken"/>.</summary>
internal static class MetricsEndpoint
{
    private const string Scheme = "Bearer ";

    internal static IResult Get(HttpContext http, MetricsCollector collector, IOptions<OmniOptions> options)
    {
        var token = options.Value.MetricsToken;
        if (!IsFromThisMachine(http.Request) && !Knows(http.Request, token))
        {
            if (token is null)
            {
                return Results.NotFound();
            }

            http.Response.Headers.WWWAuthenticate = Scheme.Trim();
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(MetricsText.Write(collector.Read()), MetricsText.ContentType);
    }

    // A proxy on this machine also calls from here, but says for whom; one that is trusted has been replaced by the caller already.
    private static bool IsFromThisMachine(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !request.Headers.ContainsKey("X-Forwarded-For") && !request.Headers.ContainsKey("Forwarded") && !request.Headers.ContainsKey("X-Real-IP") && !request.Headers.ContainsKey("Via");

    private static bool Knows(HttpRequest request, string? token) =>
        token is not null && request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

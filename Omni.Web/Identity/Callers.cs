using System.Net;
using Omni.Core.Identity;

namespace Omni.Web.Identity;

/// <summary>Reads the caller off a request.</summary>
internal static class Callers
{
    // Any of these means that somebody passed the request on; the first one is left behind by trusted proxies' handling.
    private static readonly string[] PassedOn = ["X-Original-For", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP"];

    internal static Caller Of(HttpContext http)
    {
        var device = http.Request.Headers.UserAgent.ToString();
        return new Caller(http.Connection.RemoteIpAddress, device.Length > 200 ? device[..200] : device, IsLocal(http));
    }

    // The Host must be this machine's own name as well: a foreign page whose name was pointed at 127.0.0.1 is not local.
    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !PassedOn.Any(http.Request.Headers.ContainsKey)
        && (http.Request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(http.Request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host)));
}

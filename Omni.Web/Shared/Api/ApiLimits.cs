using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Web.Shared.Api;

/// <summary>Limits calls to <c>/api</c> by address before anything else happens, then by session or token and by organization, and says on every answer what is left of the tightest limit.</summary>
internal sealed class ApiLimits(RequestDelegate next, IRateBuckets buckets, IOptions<ApiLimitOptions> options, OmniMetrics metrics)
{
    public async Task InvokeAsync(HttpContext http, ICurrentActor current)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        {
            await next(http);
            return;
        }

        var limits = options.Value;
        if (!await TakeAsync(http, "address", AddressKey(http.Connection.RemoteIpAddress), limits.Address))
        {
            return;
        }

        if ((await current.GetAsync(http.RequestAborted)).Succeeded(out var actor, out _)
            && !(await TakeAsync(http, "token", actor.SessionId.ToString(), limits.Token)
                && await TakeAsync(http, "organization", actor.OrganizationId.ToString(), limits.Organization)))
        {
            return;
        }

        await next(http);
    }

    private async Task<bool> TakeAsync(HttpContext http, string scope, string key, BucketRate rate)
    {
        var state = await buckets.TakeAsync(scope, key, rate, http.RequestAborted);
        Announce(http.Response.Headers, rate, state);
        if (state.Taken)
        {
            return true;
        }

        metrics.RateLimited(scope);
        http.Response.Headers.RetryAfter = Seconds(state.RetryAfter);
        await ApiErrors.WriteAsync(http, StatusCodes.Status429TooManyRequests, ErrorCodes.Descriptions[ErrorCode.TooManyRequests], ErrorCode.TooManyRequests);
        return false;
    }

    private static void Announce(IHeaderDictionary headers, BucketRate rate, BucketState state)
    {
        const string remaining = "X-RateLimit-Remaining";
        if (headers.TryGetValue(remaining, out var tightest) && int.Parse(tightest!, CultureInfo.InvariantCulture) <= state.Remaining)
        {
            return;
        }

        headers["X-RateLimit-Limit"] = rate.Burst.ToString(CultureInfo.InvariantCulture);
        headers[remaining] = state.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = Seconds(TimeSpan.FromMinutes((rate.Burst - state.Remaining) / (double)rate.PerMinute));
    }

    private static string Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static string AddressKey(IPAddress? address) => address switch
    {
        null => "none",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)), // one customer has a /64
        _ => address.ToString(),
    };
}

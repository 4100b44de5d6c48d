using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Web.Shared.Api;

/// <summary>Limits calls to <c>/api</c>: by address before anything else happens, after sign-in by session or token and by organization. Every answer says what is left of the tightest limit.</summary>
/// <param name="next">What follows.</param>
/// <param name="byAddress">True for the limit before sign-in, false for those after it.</param>
/// <param name="buckets">The buckets.</param>
/// <param name="options">Their sizes.</param>
/// <param name="metrics">Counts refused calls.</param>
internal sealed class ApiLimits(RequestDelegate next, bool byAddress, IRateBuckets buckets, IOptions<ApiLimitOptions> options, OmniMetrics metrics)
{
    public async Task InvokeAsync(HttpContext http, ICurrentActor current)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        {
            await next(http);
            return;
        }

        var passed = byAddress
            ? await TakeAsync(http, "address", AddressKey(http.Connection.RemoteIpAddress), options.Value.Address)
            : await TakeOwnAsync(http, current);
        if (passed)
        {
            await next(http);
        }
    }

    private async Task<bool> TakeOwnAsync(HttpContext http, ICurrentActor current) =>
        !(await current.GetAsync(http.RequestAborted)).Succeeded(out var actor, out _) // whatever follows refuses it
        || (await TakeAsync(http, "token", actor.SessionId.ToString(), options.Value.Token)
            && await TakeAsync(http, "organization", actor.OrganizationId.ToString(), options.Value.Organization));

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

    /// <summary>Whose bucket an address draws from.</summary>
    internal static string AddressKey(IPAddress? address) => address switch
    {
        null => "none",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)), // one customer has a /64
        _ => address.ToString(),
    };
}

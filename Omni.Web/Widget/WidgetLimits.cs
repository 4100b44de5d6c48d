using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Operations;
using Omni.Core.Widget;
using Omni.Web.Shared.Api;

namespace Omni.Web.Widget;

/// <summary>How often visitors may call: by address, by visitor and by chat. What is refused says how long to wait.</summary>
internal sealed class WidgetLimits(IRateBuckets buckets, IOptions<WidgetOptions> options, OmniMetrics metrics)
{
    private static readonly BucketRate Signs = new(240, 60);
    private static readonly BucketRate Files = new(20, 10);
    private static readonly BucketRate Letters = new(1, 3);

    /// <summary>Any call.</summary>
    internal Task<Result<Done>> AddressAsync(HttpContext http) => TakeAsync("widget address", ApiLimits.AddressKey(http.Connection.RemoteIpAddress), Rate(options.Value.AddressCallsPerMinute, 4));

    /// <summary>A visitor who was not there before.</summary>
    internal Task<Result<Done>> NewVisitorAsync(HttpContext http) => TakeAsync("widget visitors", ApiLimits.AddressKey(http.Connection.RemoteIpAddress), Rate(options.Value.AddressVisitorsPerMinute, 1));

    /// <summary>A message.</summary>
    internal async Task<Result<Done>> MessageAsync(WidgetVisitor visitor) =>
        (await TakeAsync("widget messages", visitor.Id.ToString(), Rate(options.Value.VisitorMessagesPerMinute, 2))).Succeeded(out _, out var refusal)
            ? await TakeAsync("widget channel", visitor.ChannelId.ToString(), Rate(options.Value.ChannelMessagesPerMinute, 4))
            : refusal;

    /// <summary>Typing, read marks, streams and polls.</summary>
    internal Task<Result<Done>> SignAsync(WidgetVisitor visitor) => TakeAsync("widget signs", visitor.Id.ToString(), Signs);

    /// <summary>A file.</summary>
    internal Task<Result<Done>> FileAsync(WidgetVisitor visitor) => TakeAsync("widget files", visitor.Id.ToString(), Files);

    /// <summary>A transcript by e-mail.</summary>
    internal Task<Result<Done>> LetterAsync(WidgetVisitor visitor) => TakeAsync("widget letters", visitor.Id.ToString(), Letters);

    /// <summary>A part of a minute's calls may come at once.</summary>
    private static BucketRate Rate(int perMinute, int part) => new(perMinute, Math.Max(5, perMinute / part));

    private async Task<Result<Done>> TakeAsync(string scope, string key, BucketRate rate)
    {
        var state = await buckets.TakeAsync(scope, key, rate, CancellationToken.None);
        if (state.Taken)
        {
            return default(Done);
        }

        metrics.RateLimited(scope);
        return new Refusal.TooMany(state.RetryAfter) { Code = ErrorCode.TooManyRequests };
    }
}

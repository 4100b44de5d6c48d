using System.Threading.RateLimiting;
using Omni.Core.Operations;

namespace Omni.Infrastructure.Operations;

/// <summary>The buckets of this process. Buckets that are full again are forgotten by the framework's limiter itself.</summary>
internal sealed class RateBuckets : IRateBuckets, IDisposable
{
    private readonly PartitionedRateLimiter<Bucket> _limiter = PartitionedRateLimiter.Create<Bucket, (string, string)>(
        bucket => RateLimitPartition.GetTokenBucketLimiter((bucket.Scope, bucket.Key), _ => Options(bucket.Rate)));

    public ValueTask<BucketState> TakeAsync(string scope, string key, BucketRate rate, CancellationToken ct)
    {
        var bucket = new Bucket(scope, key, rate);
        using var lease = _limiter.AttemptAcquire(bucket);
        var left = (int)(_limiter.GetStatistics(bucket)?.CurrentAvailablePermits ?? 0);
        var wait = !lease.IsAcquired && lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.Zero;
        return ValueTask.FromResult(new BucketState(lease.IsAcquired, left, wait));
    }

    public void Dispose() => _limiter.Dispose();

    private static TokenBucketRateLimiterOptions Options(BucketRate rate)
    {
        // A tenth of the minute's tokens every six seconds would come in lumps; one token at a time is smooth for slow buckets.
        var perSecond = rate.PerMinute / 60;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate.Burst,
            TokensPerPeriod = Math.Max(1, perSecond),
            ReplenishmentPeriod = perSecond > 0 ? TimeSpan.FromSeconds(60.0 * perSecond / rate.PerMinute) : TimeSpan.FromSeconds(60.0 / rate.PerMinute),
            QueueLimit = 0,
        };
    }

    private sealed record Bucket(string Scope, string Key, BucketRate Rate);
}

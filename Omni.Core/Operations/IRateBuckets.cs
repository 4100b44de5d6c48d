namespace Omni.Core.Operations;

/// <summary>Token buckets that limit how often something happens.</summary>
public interface IRateBuckets
{
    /// <summary>Takes one token, if there is one.</summary>
    /// <param name="scope">What is limited: address, token, organization.</param>
    /// <param name="key">Whose bucket.</param>
    /// <param name="rate">How fast the bucket fills and how much it holds; the same for all calls with one scope.</param>
    /// <param name="ct">Stops waiting.</param>
    ValueTask<BucketState> TakeAsync(string scope, string key, BucketRate rate, CancellationToken ct);
}

/// <summary>How fast a bucket fills and how much it holds.</summary>
/// <param name="PerMinute">Tokens added per minute.</param>
/// <param name="Burst">Tokens it holds: so many calls may come at once.</param>
public sealed record BucketRate(int PerMinute, int Burst);

/// <summary>A bucket after a call.</summary>
/// <param name="Taken">Whether there was a token.</param>
/// <param name="Remaining">Tokens left.</param>
/// <param name="RetryAfter">When there will be one again; zero when one was taken.</param>
public sealed record BucketState(bool Taken, int Remaining, TimeSpan RetryAfter);

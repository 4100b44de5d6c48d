namespace Omni.Infrastructure.Identity;

/// <summary>Counted attempts of one key.</summary>
internal sealed class Attempt
{
    public required byte[] Key { get; init; }

    public int Count { get; init; }

    public DateTimeOffset LastAt { get; init; }

    public DateTimeOffset? BlockedUntil { get; init; }
}

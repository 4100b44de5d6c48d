using System.Collections.Concurrent;
using Omni.Core.Events;

namespace Omni.Infrastructure.Events;

/// <summary>
/// Reads the newest events of an organization once for everybody who listens at the feed's end, however many streams are open. Who is
/// further behind reads the feed itself. A reading always begins after it was asked for, so that it shows what was committed before.
/// </summary>
internal sealed class SharedEventFeed(IEventFeed feed, TimeProvider clock) : IEventFeed
{
    /// <summary>Events that are kept of an organization.</summary>
    internal const int Kept = 1_000;

    /// <summary>How long they are kept when nobody asks.</summary>
    internal static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, FeedTail> _tails = new();
    private long _swept = clock.GetTimestamp();

    public Task<string> GetEndAsync(CancellationToken ct) => feed.GetEndAsync(ct);

    public async Task<FeedPage> ReadAsync(Guid organizationId, string cursor, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, Kept);
        Sweep();
        if (FeedCursor.TryParse(cursor, out var after))
        {
            var tail = _tails.GetOrAdd(organizationId, static (id, own) => new FeedTail(own.feed, id, own.clock), (feed, clock));
            await tail.RefreshAsync(ct);
            if (tail.Find(after, limit) is { } page)
            {
                return page;
            }
        }

        return await feed.ReadAsync(organizationId, cursor, limit, ct);
    }

    private void Sweep()
    {
        var last = Interlocked.Read(ref _swept);
        if (clock.GetElapsedTime(last) > Idle && Interlocked.CompareExchange(ref _swept, clock.GetTimestamp(), last) == last)
        {
            foreach (var (organization, tail) in _tails)
            {
                if (tail.IsIdle)
                {
                    _tails.TryRemove(organization, out _);
                }
            }
        }
    }
}

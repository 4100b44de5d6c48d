using System.Collections.Concurrent;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Sending;

/// <summary>Token buckets of this node, one per channel and one per organization. Several nodes together may exceed a platform's rate; the platform then says so and the channel waits.</summary>
internal sealed class SendBuckets(TimeProvider clock)
{
    /// <summary>What one organization may send per second over all its channels, so that a large one leaves room for others.</summary>
    internal const double PerOrganization = 400;

    private readonly ConcurrentDictionary<Guid, Bucket> _buckets = new();

    /// <summary>Takes a token of both buckets.</summary>
    /// <returns>Zero when the send may go now, otherwise how long to wait.</returns>
    internal TimeSpan Take(Guid organizationId, Guid channelId, ChannelCapabilities capabilities)
    {
        var now = clock.GetTimestamp();
        var channel = _buckets.GetOrAdd(channelId, _ => new Bucket(capabilities.SendsPerSecond, capabilities.SendBurst, now));
        var organization = _buckets.GetOrAdd(organizationId, _ => new Bucket(PerOrganization, PerOrganization, now));
        var wait = channel.Peek(now, clock);
        if (wait == TimeSpan.Zero)
        {
            wait = organization.Take(now, clock);
        }

        return wait == TimeSpan.Zero ? channel.Take(now, clock) : wait;
    }

    private sealed class Bucket(double perSecond, double most, long start)
    {
        private readonly Lock _gate = new();
        private double _spent;
        private long _at = start;

        private double Rest => most - _spent;

        internal TimeSpan Peek(long now, TimeProvider clock)
        {
            lock (_gate)
            {
                Fill(now, clock);
                return Rest >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - Rest) / perSecond);
            }
        }

        internal TimeSpan Take(long now, TimeProvider clock)
        {
            lock (_gate)
            {
                Fill(now, clock);
                if (Rest < 1)
                {
                    return TimeSpan.FromSeconds((1 - Rest) / perSecond);
                }

                _spent++;
                return TimeSpan.Zero;
            }
        }

        private void Fill(long now, TimeProvider clock)
        {
            if (now > _at)
            {
                _spent = Math.Max(0, _spent - (clock.GetElapsedTime(_at, now).TotalSeconds * perSecond));
                _at = now;
            }
        }
    }
}

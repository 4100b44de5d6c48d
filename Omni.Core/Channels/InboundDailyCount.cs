using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>What is left of processed queue items after a day: how many a channel had.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="Day">The UTC day on which they were applied.</param>
public sealed record InboundDailyCount(Guid OrganizationId, Guid ChannelId, DateOnly Day) : ITenantOwned
{
    /// <summary>Items applied.</summary>
    public long Items { get; init; }
}

using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>How many messages customers sent to a channel in one hour. Kept long after the deliveries themselves are gone.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="Hour">Beginning of the hour (UTC).</param>
public sealed record ChannelHour(Guid OrganizationId, Guid ChannelId, DateTimeOffset Hour) : ITenantOwned
{
    /// <summary>Messages received.</summary>
    public int Received { get; init; }
}

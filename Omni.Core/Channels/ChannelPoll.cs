using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>How far a channel whose platform posts nothing has been looked at, and who looks now.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ChannelId">The channel.</param>
public sealed record ChannelPoll(Guid OrganizationId, Guid ChannelId) : ITenantOwned
{
    /// <summary>What the last look that worked left behind, as JSON.</summary>
    public string State { get; set; } = "{}";

    /// <summary>Not looked before (UTC).</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>Until when the node that looks has it for itself (UTC); null when nobody looks.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Raised with each claim: a node that was paused writes nothing afterwards.</summary>
    public long LeaseVersion { get; set; }

    /// <summary>The last look that worked (UTC); null before the first.</summary>
    public DateTimeOffset? LookedAt { get; set; }

    /// <summary>Looks that failed since then.</summary>
    public int Failures { get; set; }

    /// <summary>Why the last one failed, in plain words; null when it did not.</summary>
    public string? Error { get; set; }

    /// <summary>True when a message of ours waits to be named by the platform.</summary>
    public bool EchoesWanted { get; set; }

    /// <summary>Id of the stored message looked at again last; empty to begin anew.</summary>
    public string RecheckedTo { get; set; } = "";

    /// <summary>Stored messages are not looked at again before (UTC).</summary>
    public DateTimeOffset RecheckAt { get; set; }
}

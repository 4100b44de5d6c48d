using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Channels;

/// <summary>One connected account of a platform.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="kind">The platform.</param>
/// <param name="name">Name as the team sees it.</param>
/// <param name="externalAccountId">The platform's id of the account.</param>
/// <param name="createdAt">When it was connected first (UTC).</param>
public sealed class Channel(Guid organizationId, ChannelKind kind, string name, string externalAccountId, DateTimeOffset createdAt) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The platform.</summary>
    public ChannelKind Kind { get; private init; } = kind;

    /// <summary>Name as the team sees it.</summary>
    public string Name { get; set; } = name;

    /// <summary>The platform's id of the account.</summary>
    public string ExternalAccountId { get; private init; } = externalAccountId;

    /// <summary>The account's public name, e.g. a phone number in readable form.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>Whether it works.</summary>
    public ChannelStatus Status { get; set; }

    /// <summary>Why it does not work, in plain words; null when it does.</summary>
    public string? Reason { get; set; }

    /// <summary>True for a play channel.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Secrets, sealed under the organization's data key and bound to this row.</summary>
    public byte[] Credentials { get; set; } = [];

    /// <summary>What may be shown of the secrets: name and last four characters, as JSON.</summary>
    public string CredentialHints { get; set; } = "{}";

    /// <summary>SHA-256 (hex) of the channel's own app secret; null when it uses the installation's.</summary>
    public string? AppSecretHash { get; set; }

    /// <summary>Settings of the channel as JSON.</summary>
    public string Settings { get; set; } = "{}";

    /// <summary>Newest message in (UTC).</summary>
    public DateTimeOffset? LastInboundAt { get; set; }

    /// <summary>Newest accepted message out (UTC).</summary>
    public DateTimeOffset? LastOutboundAt { get; set; }

    /// <summary>When the token ends (UTC); null when it does not or nobody says.</summary>
    public DateTimeOffset? TokenExpiresAt { get; set; }

    /// <summary>When the account was read with the token last (UTC).</summary>
    public DateTimeOffset? ProvedAt { get; set; }

    /// <summary>Sends wait until then (UTC), when the platform asked for a pause; null when they do not.</summary>
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>When the platform's lists are looked through for messages that did not come by themselves (UTC); null when there is no reason to.</summary>
    public DateTimeOffset? HistoryDueAt { get; set; }

    /// <summary>From when on they were not looked through (UTC).</summary>
    public DateTimeOffset? HistorySince { get; set; }

    /// <summary>When something last said that a message is missing (UTC); null when nothing did, or it was found.</summary>
    public DateTimeOffset? HistoryHintAt { get; set; }

    /// <summary>When it was connected first (UTC).</summary>
    public DateTimeOffset CreatedAt { get; private init; } = createdAt;

    /// <summary>When it was disconnected (UTC); its history stays.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Raised with every change.</summary>
    public long Version { get; private set; }
}

/// <summary>Whether a channel works.</summary>
public enum ChannelStatus
{
    /// <summary>Works.</summary>
    Connected,

    /// <summary>Works in part.</summary>
    Degraded,

    /// <summary>The token no longer counts. Incoming messages are kept, outgoing ones wait.</summary>
    NeedsReauth,

    /// <summary>Switched off by the team or the platform.</summary>
    Disabled,
}

/// <summary>Where the deliveries of an account go. Written only after the account was proved. Global: read before an organization is known.</summary>
/// <param name="Kind">The platform.</param>
/// <param name="ExternalAccountId">The platform's id of the account.</param>
/// <param name="App">Empty for the installation's app, otherwise the hash of the channel's own app secret.</param>
public sealed record ChannelRoute(ChannelKind Kind, string ExternalAccountId, string App)
{
    /// <summary>The organization that proved the account.</summary>
    public Guid OrganizationId { get; set; }

    /// <summary>Its channel.</summary>
    public Guid ChannelId { get; set; }
}

/// <summary>The row workers lock to have a channel's queue for themselves. Nothing references it.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="Purpose">What the lane is for: <c>inbound</c>.</param>
public sealed record ChannelLane(Guid OrganizationId, Guid ChannelId, string Purpose) : ITenantOwned;

/// <summary>One webhook request as it came: the proof of what was accepted. Global: a body may hold several organizations' items.</summary>
public sealed class WebhookDeliveryRow
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = OmniId.New();

    /// <summary>The platform.</summary>
    public ChannelKind Kind { get; init; }

    /// <summary>The channel whose own secret signed it; null when the installation's did.</summary>
    public Guid? VerifiedChannelId { get; init; }

    /// <summary>The raw bytes.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Kept headers as JSON.</summary>
    public string Headers { get; init; } = "{}";

    /// <summary>When it was accepted (UTC).</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>One account's part of a delivery, waiting to be applied. Global: its organization is null while unrouted.</summary>
public sealed record InboundQueueItem
{
    /// <summary>Rises with arrival.</summary>
    public long Id { get; init; }

    /// <summary>The delivery it came with.</summary>
    public Guid DeliveryId { get; init; }

    /// <summary>The platform.</summary>
    public ChannelKind Kind { get; init; }

    /// <summary>The platform's id of the account; empty when the body could not be read.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>The organization; null while unrouted.</summary>
    public Guid? OrganizationId { get; set; }

    /// <summary>The channel; null while unrouted.</summary>
    public Guid? ChannelId { get; set; }

    /// <summary>This account's part of the body; null when it is the whole body.</summary>
    public byte[]? Slice { get; init; }

    /// <summary>The items that are left to apply, by their place in reading order, because the others are applied; null for all.</summary>
    public int[]? Items { get; set; }

    /// <summary>What state it is in.</summary>
    public InboundState State { get; set; }

    /// <summary>The person this item waits for (transient failures hold back only that person's later items); null for whole slices.</summary>
    public string? LaneKey { get; set; }

    /// <summary>How many tries were made.</summary>
    public int Attempts { get; set; }

    /// <summary>Not tried before (UTC).</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>Why the last try failed, for the administrator; null when none did.</summary>
    public string? Error { get; set; }

    /// <summary>When the delivery came (UTC).</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When it was applied (UTC).</summary>
    public DateTimeOffset? ProcessedAt { get; set; }

    /// <summary>The replay that put it back last; null when none did.</summary>
    public Guid? ReplayId { get; set; }
}

/// <summary>States of an <see cref="InboundQueueItem"/>.</summary>
public enum InboundState
{
    /// <summary>Waits for a worker.</summary>
    Pending,

    /// <summary>Applied.</summary>
    Processed,

    /// <summary>A try failed; there will be another.</summary>
    Failed,

    /// <summary>Can never be applied; kept for a person to look at and replay.</summary>
    Quarantined,

    /// <summary>Nobody has connected the account.</summary>
    Unrouted,
}

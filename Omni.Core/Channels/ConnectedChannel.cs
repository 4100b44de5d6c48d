using System.Text.Json.Nodes;

namespace Omni.Core.Channels;

/// <summary>A channel as people and programs see it: without any secret of the platform.</summary>
public sealed record ConnectedChannel
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The platform.</summary>
    public required ChannelKind Kind { get; init; }

    /// <summary>Name as the team sees it.</summary>
    public required string Name { get; init; }

    /// <summary>The account's public name.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Whether it works.</summary>
    public required ChannelStatus Status { get; init; }

    /// <summary>Why it does not work, in plain words; null when it does.</summary>
    public string? Reason { get; init; }

    /// <summary>The platform's id of the account.</summary>
    public required string ExternalAccountId { get; init; }

    /// <summary>True for a play channel.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Settings.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>Which secrets are set, with their last four characters; null for members who may not manage channels.</summary>
    public JsonObject? Credentials { get; init; }

    /// <summary>Where the platform sends to; null for members who may not manage channels, and for channels that nobody posts for.</summary>
    public ChannelWebhook? Webhook { get; init; }

    /// <summary>How it is doing.</summary>
    public required ChannelHealth Health { get; init; }

    /// <summary>When it was connected first (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Where a platform sends a channel's deliveries.</summary>
/// <param name="Url">The address to enter at the platform.</param>
/// <param name="VerifyToken">The word to enter beside it: shown for a channel's own app, and of the installation's app only to administrators of the installation.</param>
/// <param name="OwnApp">True when the channel has an app of its own, whose address must be entered by whoever connected it.</param>
public sealed record ChannelWebhook(string Url, string? VerifyToken, bool OwnApp);

/// <summary>How a channel is doing.</summary>
/// <param name="Status">Whether it works.</param>
/// <param name="LastInboundAt">Newest message in (UTC).</param>
/// <param name="LastOutboundAt">Newest accepted message out (UTC).</param>
/// <param name="TokenExpiresAt">When the token ends (UTC); null when it does not or nobody says.</param>
/// <param name="ProvedAt">When the account was read with the token last (UTC).</param>
/// <param name="Figures">Counts.</param>
/// <param name="Reason">Why it does not work; null when it does.</param>
public sealed record ChannelHealth(
    ChannelStatus Status, DateTimeOffset? LastInboundAt, DateTimeOffset? LastOutboundAt, DateTimeOffset? TokenExpiresAt, DateTimeOffset? ProvedAt, ChannelFigures Figures, string? Reason)
{
    /// <summary>From when on the token's end is pointed out (UTC): late enough that whatever exchanges it by itself has failed several times; null when the token does not end.</summary>
    public DateTimeOffset? TokenWarnsAt { get; init; }

    /// <summary>True when a token that ends is exchanged by itself.</summary>
    public bool TokenIsExchanged { get; init; }

    /// <summary>What came in lately.</summary>
    public ChannelActivity Activity { get; init; } = ChannelActivity.None;
}

/// <summary>What is entered to connect an account.</summary>
/// <param name="Kind">The platform.</param>
/// <param name="Name">Name for the team, at most 100 characters; empty takes the account's public name.</param>
/// <param name="Credentials">Values by the names of the contract.</param>
/// <param name="Settings">Settings; null for none.</param>
public sealed record ChannelDraft(ChannelKind Kind, string? Name, IReadOnlyDictionary<string, string?> Credentials, JsonObject? Settings = null)
{
    /// <summary>When the token ends (UTC), where whoever got it was told; null when not.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }
}

/// <summary>What to change of a channel; null leaves a member as it is.</summary>
/// <param name="Name">Name for the team.</param>
/// <param name="Credentials">New secrets; those left out stay, an empty text removes an optional one.</param>
/// <param name="Settings">Settings, replaced as a whole.</param>
/// <param name="Enabled">False switches the channel off, true on again.</param>
public sealed record ChannelPatch(
    string? Name = null, IReadOnlyDictionary<string, string?>? Credentials = null, JsonObject? Settings = null, bool? Enabled = null);

/// <summary>What a test of a channel found.</summary>
/// <param name="Ok">True when nothing keeps it from working.</param>
/// <param name="Summary">The outcome in one sentence.</param>
/// <param name="Checks">Each thing that was looked at.</param>
public sealed record ChannelTest(bool Ok, string Summary, IReadOnlyList<ChannelCheck> Checks);

/// <summary>One thing a test looked at.</summary>
/// <param name="Name">token, webhook, inbound or outbound.</param>
/// <param name="State">What came out.</param>
/// <param name="Words">What is the case.</param>
/// <param name="Advice">What to do about it; null when nothing.</param>
public sealed record ChannelCheck(string Name, CheckState State, string Words, string? Advice = null);

/// <summary>Outcome of a <see cref="ChannelCheck"/>.</summary>
public enum CheckState
{
    /// <summary>In order.</summary>
    Ok,

    /// <summary>Works, but should be looked at.</summary>
    Warning,

    /// <summary>Keeps the channel from working.</summary>
    Bad,
}

using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Widget;

/// <summary>One browser that opened a website chat. Who is behind it may be known to the site; then several browsers belong to one person.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="channelId">The chat.</param>
/// <param name="createdAt">When it was opened first (UTC).</param>
public sealed class WidgetVisitor(Guid organizationId, Guid channelId, DateTimeOffset createdAt) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The chat.</summary>
    public Guid ChannelId { get; private init; } = channelId;

    /// <summary>SHA-256 of the browser's token.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>The person's id on the channel: the visitor's own id, or <c>id:</c> and the site's identifier once that is proved.</summary>
    public required string ExternalId { get; set; }

    /// <summary>The site's identifier of the person; null while nobody proved one.</summary>
    public string? Identifier { get; set; }

    /// <summary>Name as the person or the site gave it.</summary>
    public string? Name { get; set; }

    /// <summary>E-mail address as the person or the site gave it.</summary>
    public string? Email { get; set; }

    /// <summary>What the site tells and the person answered before the first message, as a JSON object of texts.</summary>
    public string Attributes { get; set; } = "{}";

    /// <summary>The page that is open.</summary>
    public string? PageUrl { get; set; }

    /// <summary>Its title.</summary>
    public string? PageTitle { get; set; }

    /// <summary>Where the person came from.</summary>
    public string? Referrer { get; set; }

    /// <summary>Browser and system in short: "Firefox on Windows".</summary>
    public string? Browser { get; set; }

    /// <summary>Language the browser prefers, as <c>de-CH</c>.</summary>
    public string? Language { get; set; }

    /// <summary>Time zone of the browser, as <c>Europe/Oslo</c>.</summary>
    public string? TimeZone { get; set; }

    /// <summary>The person read up to this position.</summary>
    public long ReadPosition { get; set; }

    /// <summary>When it was opened first (UTC).</summary>
    public DateTimeOffset CreatedAt { get; private init; } = createdAt;

    /// <summary>When it was seen last (UTC), at most a minute old while the page is open.</summary>
    public DateTimeOffset LastSeenAt { get; set; } = createdAt;

    /// <summary>When the person wrote first (UTC); null while they have not: such a visitor is forgotten after 30 days.</summary>
    public DateTimeOffset? WroteAt { get; set; }

    /// <summary>After this long without a sign a visitor has left.</summary>
    public static readonly TimeSpan StaysFor = TimeSpan.FromSeconds(90);

    /// <summary>The id on the channel of a person the site names.</summary>
    public static string ExternalIdOf(string identifier) => $"id:{identifier}";

    /// <summary>What the team sees until a name is known.</summary>
    public string ShownName => Name ?? Email ?? Identifier ?? $"Visitor {Id.ToString("N")[^4..]}";
}

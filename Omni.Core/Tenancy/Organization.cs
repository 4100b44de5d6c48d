using Omni.Core.Common;

namespace Omni.Core.Tenancy;

/// <summary>One tenant: a team with its channels, customers and conversations.</summary>
/// <param name="name">Name as people see it.</param>
/// <param name="slug">Short name for addresses: lower-case letters, digits and hyphens; unique in the installation.</param>
/// <param name="createdAt">When it was made (UTC).</param>
public sealed class Organization(string name, string slug, DateTimeOffset createdAt)
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <summary>Name as people see it.</summary>
    public string Name { get; set; } = name;

    /// <summary>Short name for addresses, unique in the installation.</summary>
    public string Slug { get; set; } = slug;

    /// <summary>The plan's name; plans set limits.</summary>
    public string Plan { get; set; } = "standard";

    /// <summary>Active or suspended.</summary>
    public OrganizationStatus Status { get; set; }

    /// <summary>IANA time zone, e.g. <c>Europe/Oslo</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Language and region, e.g. <c>en-GB</c>.</summary>
    public string Locale { get; set; } = "en";

    /// <summary>The organization's own main colour as <c>#rrggbb</c>; null for Omni's.</summary>
    public string? PrimaryColor { get; set; }

    /// <summary>Where the logo is; null without one.</summary>
    public string? LogoUrl { get; set; }

    /// <summary>light, dark or auto.</summary>
    public string ThemeMode { get; set; } = "auto";

    /// <summary>The organization's data key, wrapped by the installation's master key.</summary>
    public byte[] DataKey { get; set; } = [];

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; private init; } = createdAt;

    /// <summary>Raised with every change.</summary>
    public long Version { get; private set; }
}

/// <summary>Whether an organization may work.</summary>
public enum OrganizationStatus
{
    /// <summary>Everything works.</summary>
    Active,

    /// <summary>Refused on every path; incoming messages are still kept.</summary>
    Suspended,
}

/// <summary>What a member may do. A higher role includes the lower ones.</summary>
public enum MemberRole
{
    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>Answers customers.</summary>
    Agent,

    /// <summary>Manages channels, members and settings.</summary>
    Admin,

    /// <summary>Everything, including the organization itself.</summary>
    Owner,
}

/// <summary>A person's place in an organization.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="userId">The person.</param>
/// <param name="role">What they may do.</param>
/// <param name="joinedAt">Since when (UTC).</param>
public sealed class Membership(Guid organizationId, Guid userId, MemberRole role, DateTimeOffset joinedAt)
{
    /// <summary>The organization.</summary>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The person.</summary>
    public Guid UserId { get; private init; } = userId;

    /// <summary>What they may do.</summary>
    public MemberRole Role { get; set; } = role;

    /// <summary>Available, busy or away, as the person says.</summary>
    public Availability Availability { get; set; }

    /// <summary>Since when (UTC).</summary>
    public DateTimeOffset JoinedAt { get; private init; } = joinedAt;
}

/// <summary>Whether a person takes conversations.</summary>
public enum Availability
{
    /// <summary>Takes conversations.</summary>
    Available,

    /// <summary>Here, but takes no new ones.</summary>
    Busy,

    /// <summary>Not here.</summary>
    Away,
}

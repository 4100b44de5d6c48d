using Omni.Core.Common;
using Omni.Core.Tenancy;

namespace Omni.Core.Contacts;

/// <summary>A customer, on however many channels.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="name">Name as the team sees it; may be a phone number at first.</param>
/// <param name="createdAt">When first seen (UTC).</param>
public sealed class Contact(Guid organizationId, string name, DateTimeOffset createdAt) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>Name as the team sees it.</summary>
    public string Name { get; set; } = name;

    /// <summary>True when a person of the team chose the name: a platform's name no longer replaces it.</summary>
    public bool NameIsOurs { get; set; }

    /// <summary>Where the picture is; null without one.</summary>
    public string? AvatarUrl { get; set; }

    /// <summary>The team's own fields as a JSON object.</summary>
    public string Attributes { get; set; } = "{}";

    /// <summary>True when the team no longer wants to hear from them.</summary>
    public bool Blocked { get; set; }

    /// <summary>The contact this one was merged into; null when it was not.</summary>
    public Guid? MergedIntoId { get; set; }

    /// <summary>Newest message from them (UTC).</summary>
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>When first seen (UTC).</summary>
    public DateTimeOffset CreatedAt { get; private init; } = createdAt;

    /// <summary>Raised with every change.</summary>
    public long Version { get; private set; }
}

/// <summary>One id of a contact on one channel. A person may have several on the same channel (phone and business-scoped user id).</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="contactId">The contact.</param>
/// <param name="channelId">The channel the id is valid on.</param>
/// <param name="externalId">The platform's id.</param>
public sealed class ContactIdentity(Guid organizationId, Guid contactId, Guid channelId, string externalId) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The contact.</summary>
    public Guid ContactId { get; set; } = contactId;

    /// <summary>The channel the id is valid on.</summary>
    public Guid ChannelId { get; private init; } = channelId;

    /// <summary>The platform's id.</summary>
    public string ExternalId { get; private init; } = externalId;

    /// <summary>Public user name without a prefix; null when unknown.</summary>
    public string? Username { get; set; }

    /// <summary>True for the id that sends go to when there are several.</summary>
    public bool Primary { get; set; }
}

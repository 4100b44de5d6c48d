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

    /// <summary>When erasing began (UTC): the row stays as an empty shell for its conversations, everything personal goes. Null while the contact is one.</summary>
    public DateTimeOffset? ErasedAt { get; set; }

    /// <summary>Newest message from them, to the minute (UTC).</summary>
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

/// <summary>One merge of two contacts, with all that is needed to undo it.</summary>
/// <param name="organizationId">The organization.</param>
/// <param name="keptId">The contact that stayed.</param>
/// <param name="mergedId">The contact that went into it.</param>
/// <param name="mergedBy">Who merged them.</param>
/// <param name="mergedAt">When (UTC).</param>
public sealed class ContactMerge(Guid organizationId, Guid keptId, Guid mergedId, Guid mergedBy, DateTimeOffset mergedAt) : ITenantOwned
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = OmniId.New();

    /// <inheritdoc/>
    public Guid OrganizationId { get; private init; } = organizationId;

    /// <summary>The contact that stayed.</summary>
    public Guid KeptId { get; private init; } = keptId;

    /// <summary>The contact that went into it.</summary>
    public Guid MergedId { get; private init; } = mergedId;

    /// <summary>Identities that were moved.</summary>
    public Guid[] Identities { get; init; } = [];

    /// <summary>Conversations that were moved.</summary>
    public Guid[] Conversations { get; init; } = [];

    /// <summary>Labels that the kept contact did not have before.</summary>
    public Guid[] Labels { get; init; } = [];

    /// <summary>Names of the attributes that the kept contact did not have before.</summary>
    public string[] Attributes { get; init; } = [];

    /// <summary>Who merged them.</summary>
    public Guid MergedBy { get; private init; } = mergedBy;

    /// <summary>When (UTC).</summary>
    public DateTimeOffset MergedAt { get; private init; } = mergedAt;

    /// <summary>When it was undone (UTC); null while it counts.</summary>
    public DateTimeOffset? UndoneAt { get; set; }
}

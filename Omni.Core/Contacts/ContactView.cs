using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Core.Contacts;

/// <summary>A contact as lists and panels show it.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name as the team sees it.</param>
/// <param name="AvatarUrl">Where the picture is; null without one.</param>
/// <param name="Attributes">The team's own fields.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Blocked">True when the team no longer wants to hear from them.</param>
/// <param name="MergedIntoId">The contact it was merged into; null when it was not.</param>
/// <param name="Identities">Its ids on channels.</param>
/// <param name="LastSeenAt">Newest message from them, to the minute (UTC).</param>
/// <param name="CreatedAt">When first seen (UTC).</param>
public sealed record ContactView(
    Guid Id, string Name, string? AvatarUrl, JsonElement Attributes, IReadOnlyList<LabelView> Labels, bool Blocked, Guid? MergedIntoId,
    IReadOnlyList<ContactIdentityView> Identities, DateTimeOffset? LastSeenAt, DateTimeOffset CreatedAt);

/// <summary>One id of a contact on one channel.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Kind">The channel's platform.</param>
/// <param name="ExternalId">The platform's id.</param>
/// <param name="Username">Public user name; null when unknown.</param>
public sealed record ContactIdentityView(Guid ChannelId, ChannelKind Kind, string ExternalId, string? Username);

/// <summary>Which contacts to list, newest first.</summary>
/// <param name="Search">Part of the name, or an id on a channel; null without a search.</param>
/// <param name="LabelId">Only with this label.</param>
/// <param name="Cursor">Where the page begins.</param>
/// <param name="Limit">Rows of a page, 1–200.</param>
public sealed record ContactQuery(string? Search = null, Guid? LabelId = null, string? Cursor = null, int Limit = Common.Cursor.DefaultLimit);

/// <summary>Reads contacts: one round trip each.</summary>
public interface IContactReader
{
    /// <summary>One page; merged and erased contacts are left out.</summary>
    Task<Result<Page<ContactView>>> ListAsync(Actor actor, ContactQuery query, CancellationToken ct);

    /// <summary>One contact, also a merged one.</summary>
    Task<Result<ContactView>> FindAsync(Actor actor, Guid id, CancellationToken ct);
}

/// <summary>Removes what deliveries and queues still hold of erased people.</summary>
public interface IErasedTraces
{
    /// <summary>Removes the organization's stored deliveries and queue items that name one of the ids. Items that were not applied yet are removed too.</summary>
    Task RemoveAsync(Guid organizationId, IReadOnlyCollection<string> externalIds, CancellationToken ct);
}

using Omni.Core.Channels;
using Omni.Core.Identity;
using Omni.Core.Media;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <summary>Reads what the inbox shows beside conversations: colleagues, channels, labels, and the person who is talked to.</summary>
public interface IInboxDirectory
{
    /// <summary>The organization's people, channels and labels, by name.</summary>
    Task<InboxDirectoryView> ReadAsync(Actor actor, CancellationToken ct);

    /// <summary>A customer with their ids on all channels; null when there is none.</summary>
    Task<ContactCard?> ContactAsync(Actor actor, Guid contactId, CancellationToken ct);

    /// <summary>Files of one conversation, newest first, at most 50.</summary>
    Task<IReadOnlyList<FileView>> FilesAsync(Actor actor, Guid conversationId, CancellationToken ct);

    /// <summary>Says whether the actor takes conversations.</summary>
    Task SetAvailabilityAsync(Actor actor, Availability availability, CancellationToken ct);
}

/// <summary>People, channels and labels of an organization.</summary>
/// <param name="OrganizationName">The organization's name.</param>
/// <param name="Members">Its people.</param>
/// <param name="Channels">Its connected accounts.</param>
/// <param name="Labels">Its labels.</param>
public sealed record InboxDirectoryView(
    string OrganizationName, IReadOnlyList<MemberView> Members, IReadOnlyList<ChannelView> Channels, IReadOnlyList<LabelView> Labels)
{
    /// <summary>Colour, logo and theme of the organization.</summary>
    public OrganizationLook Look { get; init; } = OrganizationLook.Omni;

    /// <summary>How the person who looks wants pages to be.</summary>
    public Preferences Mine { get; init; } = Preferences.Usual;
}

/// <summary>A colleague as menus show them.</summary>
/// <param name="UserId">Identity.</param>
/// <param name="Name">Name as others see it.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Availability">Whether they take conversations.</param>
public sealed record MemberView(Guid UserId, string Name, MemberRole Role, Availability Availability);

/// <summary>A connected account as the inbox shows it.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">The platform.</param>
/// <param name="Name">Name as the team sees it.</param>
/// <param name="DisplayName">The account's public name, e.g. a phone number.</param>
/// <param name="Status">Whether it works.</param>
/// <param name="Reason">Why it does not, in plain words.</param>
public sealed record ChannelView(Guid Id, ChannelKind Kind, string Name, string DisplayName, ChannelStatus Status, string? Reason);

/// <summary>A customer as the context panel shows them.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name as the team sees it.</param>
/// <param name="AvatarUrl">Where the picture is; null without one.</param>
/// <param name="Attributes">The team's own fields, in order of name.</param>
/// <param name="Identities">Ids on channels.</param>
/// <param name="Blocked">True when the team no longer wants to hear from them.</param>
/// <param name="LastSeenAt">Newest message from them (UTC).</param>
/// <param name="CreatedAt">When first seen (UTC).</param>
public sealed record ContactCard(
    Guid Id, string Name, string? AvatarUrl, IReadOnlyList<ContactField> Attributes, IReadOnlyList<IdentityView> Identities,
    bool Blocked, DateTimeOffset? LastSeenAt, DateTimeOffset CreatedAt);

/// <summary>One of the team's own fields of a customer.</summary>
/// <param name="Name">Name of the field.</param>
/// <param name="Value">Its value as text.</param>
public sealed record ContactField(string Name, string Value);

/// <summary>A customer's id on one channel.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Kind">Its platform.</param>
/// <param name="ExternalId">The platform's id.</param>
/// <param name="Username">Public user name; null when unknown.</param>
public sealed record IdentityView(Guid ChannelId, ChannelKind Kind, string ExternalId, string? Username);

/// <summary>A stored file of a conversation.</summary>
/// <param name="Id">Identity; served under <c>/media/{id}</c>.</param>
/// <param name="Type">image, video, audio, file or sticker.</param>
/// <param name="Name">File name; null when the platform gave none.</param>
/// <param name="Size">Bytes.</param>
/// <param name="State">Where it stands.</param>
/// <param name="At">When it came (UTC).</param>
public sealed record FileView(Guid Id, string Type, string? Name, long? Size, AttachmentState State, DateTimeOffset At);

using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <summary>A colleague who is named in a note.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="MessageId">The note.</param>
/// <param name="UserId">Who is named.</param>
/// <param name="ConversationId">The conversation of the note.</param>
public sealed record NoteMention(Guid OrganizationId, Guid MessageId, Guid UserId, Guid ConversationId) : ITenantOwned;

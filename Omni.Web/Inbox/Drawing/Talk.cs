using Omni.Core.Channels;
using Omni.Core.Inbox;
using Omni.Web.Shared;

namespace Omni.Web.Inbox.Drawing;

/// <summary>An open conversation as its messages need it while they are drawn.</summary>
/// <param name="Place">What its messages share.</param>
/// <param name="Workspace">The reader and colleagues.</param>
/// <param name="Reader">For times.</param>
/// <param name="MayWrite">True when the reader may answer and retry.</param>
/// <param name="Now">The present (UTC).</param>
internal sealed record Talk(TalkPlace Place, Workspace Workspace, Reader Reader, bool MayWrite, DateTimeOffset Now)
{
    /// <summary>The reader, when the message is their own; empty otherwise.</summary>
    internal Guid OwnerOf(MessageView message) => message.AuthorId == Workspace.Actor.UserId ? Workspace.Actor.UserId : Guid.Empty;

    /// <summary>Whose message: own, other (of the team), or null for the customer's.</summary>
    internal string? SideOf(MessageView message) => message.Direction != MessageDirection.Out ? null : message.AuthorId == Workspace.Actor.UserId ? "own" : "other";
}

namespace Omni.Web.Inbox.Drawing;

/// <summary>What is different from reader to reader in one message.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Part">Which piece of it.</param>
/// <param name="Viewer">The reader, where the message is their own; empty otherwise.</param>
/// <param name="MayWrite">True when the reader may send it again.</param>
internal readonly record struct BubbleLook(TalkPlace Place, BubblePart Part, Guid Viewer, bool MayWrite);

/// <summary>Pieces of a message.</summary>
internal enum BubblePart
{
    /// <summary>The bubble.</summary>
    Body,

    /// <summary>What stands below the last of a run.</summary>
    End,

    /// <summary>What stands below one inside a run.</summary>
    Middle,

    /// <summary>What stands below one of which is not known yet whether it was sent.</summary>
    Checking,
}

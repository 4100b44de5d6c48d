using Omni.Core.Identity;

namespace Omni.Core.Channels;

/// <summary>Tells platforms what customers may see of us besides messages. Best effort: nothing waits for it and a failure is only counted.</summary>
public interface IOutboundSignals
{
    /// <summary>The team read the conversation up to now.</summary>
    void Read(Actor actor, Guid conversationId);

    /// <summary>Somebody of the team is writing a reply.</summary>
    void Typing(Actor actor, Guid conversationId);
}

using Omni.Core.Identity;

namespace Omni.Core.Channels;

/// <summary>Small signs to the customer's platform that are no messages: read marks and typing. Never waits and never throws; a sign that is lost is lost.</summary>
public interface IOutboundSignals
{
    /// <summary>The team read what the customer wrote in a conversation.</summary>
    /// <param name="actor">Who read.</param>
    /// <param name="conversationId">The conversation.</param>
    void Read(Actor actor, Guid conversationId);

    /// <summary>A member of the team is writing to the customer.</summary>
    /// <param name="actor">Who writes.</param>
    /// <param name="conversationId">The conversation.</param>
    void Typing(Actor actor, Guid conversationId);
}

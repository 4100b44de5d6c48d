using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Omni.Core.Events;
using Omni.Core.Identity;

namespace Omni.Core.Inbox;

/// <summary>Who looks at a conversation and who is writing. Not stored: told through the event bus and forgotten after a few seconds.</summary>
public sealed class Presence(IEventBus bus, TimeProvider clock)
{
    /// <summary>How long a sign of typing holds.</summary>
    public static readonly TimeSpan TypingLasts = TimeSpan.FromSeconds(6);

    /// <summary>How long a sign of viewing holds; a circuit repeats it every 20 s.</summary>
    public static readonly TimeSpan ViewingLasts = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(Guid Conversation, Guid User), DateTimeOffset> _lastTyping = new();

    /// <summary>Tells the others that the actor is writing; repeated calls within 2 s cost nothing.</summary>
    /// <param name="actor">Who writes.</param>
    /// <param name="conversationId">Where.</param>
    /// <param name="note">True for a note, which the customer never hears of.</param>
    /// <returns>True when this was news.</returns>
    public bool Typing(Actor actor, Guid conversationId, bool note)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var now = clock.GetUtcNow();
        var key = (conversationId, actor.UserId);
        if (_lastTyping.TryGetValue(key, out var last) && now - last < TimeSpan.FromSeconds(2))
        {
            return false;
        }

        _lastTyping[key] = now;
        if (_lastTyping.Count > 10_000)
        {
            foreach (var (old, at) in _lastTyping)
            {
                if (now - at > TypingLasts)
                {
                    _lastTyping.TryRemove(old, out _);
                }
            }
        }

        Tell(actor, conversationId, EventNames.TypingStarted, note);
        return true;
    }

    /// <summary>Tells the others that the actor stopped writing.</summary>
    public void StoppedTyping(Actor actor, Guid conversationId)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (_lastTyping.TryRemove((conversationId, actor.UserId), out _))
        {
            Tell(actor, conversationId, EventNames.TypingStopped, false);
        }
    }

    /// <summary>Tells the others that the actor looks at the conversation.</summary>
    public void Viewing(Actor actor, Guid conversationId) => Tell(actor, conversationId, EventNames.ViewerJoined, false);

    /// <summary>Tells the others that the actor no longer looks at it.</summary>
    public void Left(Actor actor, Guid conversationId) => Tell(actor, conversationId, EventNames.ViewerLeft, false);

    private void Tell(Actor actor, Guid conversationId, string name, bool note) => bus.Publish(
    [
        new ChangeEvent(
            actor.OrganizationId,
            ChangeEvent.Conversation(conversationId),
            name,
            new JsonObject { ["conversationId"] = conversationId, ["userId"] = actor.UserId, ["displayName"] = actor.DisplayName, ["note"] = note },
            clock.GetUtcNow()),
    ]);
}

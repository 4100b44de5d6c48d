using System.Text.Json.Nodes;
using Omni.Core.Events;

namespace Omni.Core.Identity;

/// <summary>Tells all nodes right after a commit that a person's sessions or roles changed. Only a hint: the sweep of <see cref="SessionRegistry"/> finds it anyway.</summary>
public sealed class SessionHints(SessionReader sessions, IEventBus bus, TimeProvider clock)
{
    /// <summary>Tells it.</summary>
    /// <param name="userId">The person.</param>
    /// <param name="organizations">The organizations whose circuits and streams are concerned.</param>
    public void Changed(Guid userId, IEnumerable<Guid> organizations)
    {
        sessions.Forget(userId);
        bus.Publish([.. organizations.Distinct().Select(o =>
            new ChangeEvent(o, ChangeEvent.User(userId), EventNames.SessionEnded, new JsonObject { ["userId"] = userId }, clock.GetUtcNow()))]);
    }
}

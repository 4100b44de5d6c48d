using System.Text.Json;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Operations;

/// <summary>Writes audit entries in the same unit of work as what they tell about.</summary>
public static class Audit
{
    /// <summary>Records what an actor did.</summary>
    /// <param name="db">A unit of work of the actor's organization.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="action">What, as <c>member.removed</c>.</param>
    /// <param name="target">To what, as <c>user:{id}</c>.</param>
    /// <param name="at">When (UTC).</param>
    /// <param name="data">Further members, never a secret.</param>
    public static void Record(this IOmniDb db, Actor actor, string action, string? target, DateTimeOffset at, object? data = null)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(actor);
        db.AuditLog.Add(new AuditEntry
        {
            OrganizationId = actor.OrganizationId,
            UserId = actor.UserId == Guid.Empty ? null : actor.UserId,
            SessionId = actor.SessionId == Guid.Empty ? null : actor.SessionId,
            Address = actor.Address,
            Action = action,
            Target = target,
            At = at,
            Data = data is null ? "{}" : JsonSerializer.Serialize(data, JsonSerializerOptions.Web),
        });
    }
}

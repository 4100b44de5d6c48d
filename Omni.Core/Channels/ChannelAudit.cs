using System.Text.Json.Nodes;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Core.Channels;

/// <summary>What every change of a channel leaves behind: an audit entry and an event.</summary>
internal static class ChannelAudit
{
    /// <summary>An entry about a channel.</summary>
    internal static AuditEntry Entry(Actor actor, string action, Guid channelId, DateTimeOffset now, JsonObject? data = null) =>
        Entry(actor, action, $"channel:{channelId}", now, data);

    /// <summary>An entry about anything here.</summary>
    internal static AuditEntry Entry(Actor actor, string action, string? target, DateTimeOffset now, JsonObject? data) => new()
    {
        OrganizationId = actor.OrganizationId,
        UserId = actor.UserId == Guid.Empty ? null : actor.UserId,
        SessionId = actor.SessionId == Guid.Empty ? null : actor.SessionId,
        Action = action,
        Target = target,
        Data = data?.ToJsonString() ?? "{}",
        Address = actor.Address,
        At = now,
    };

    /// <summary>Sets what is known about a channel and announces it.</summary>
    internal static void Judge(this Channel channel, ChannelStatus status, string? reason, IOmniDb db, DateTimeOffset now)
    {
        (channel.Status, channel.Reason) = (status, reason);
        channel.Announce(db, now);
    }

    /// <summary>Announces that something about the channel changed; whoever keeps its secrets reads them again.</summary>
    internal static void Announce(this Channel channel, IOmniDb db, DateTimeOffset now) => db.Raise(new ChangeEvent(
        channel.OrganizationId,
        ChangeEvent.Organization,
        EventNames.ChannelStatus,
        new JsonObject
        {
            ["channelId"] = channel.Id.ToString(),
            ["kind"] = Names.Of(channel.Kind),
            ["name"] = channel.Name,
            ["status"] = Names.Of(channel.Status),
            ["reason"] = channel.Reason,
            ["deleted"] = channel.DeletedAt is not null,
        },
        now));
}

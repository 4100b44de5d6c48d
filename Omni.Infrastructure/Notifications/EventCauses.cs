using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;

namespace Omni.Infrastructure.Notifications;

/// <summary>What some events of one organization may tell people, as ids that must be looked up.</summary>
internal sealed class EventCauses
{
    private readonly Dictionary<Guid, DateTimeOffset> _at = [];

    /// <summary>New messages, notes and activities.</summary>
    internal HashSet<Guid> Messages { get; } = [];

    /// <summary>Outgoing messages whose state changed.</summary>
    internal HashSet<Guid> States { get; } = [];

    /// <summary>Conversations that began.</summary>
    internal HashSet<Guid> Conversations { get; } = [];

    /// <summary>Channels of which something was told.</summary>
    internal HashSet<Guid> Channels { get; } = [];

    /// <summary>Channels that worked, with the moment: what they do wrong later is news.</summary>
    internal Dictionary<Guid, DateTimeOffset> Mended { get; } = [];

    internal bool Any => _at.Count > 0;

    /// <summary>When the thing happened (UTC).</summary>
    internal DateTimeOffset At(Guid id) => _at[id];

    /// <summary>Whether an event of this name may be a cause.</summary>
    internal static bool Tells(string name) =>
        name is EventNames.MessageCreated or EventNames.MessageStatusChanged or EventNames.ConversationCreated or EventNames.ChannelStatus;

    internal void Take(ChangeEvent change)
    {
        switch (change.Name)
        {
            case EventNames.MessageCreated:
                Add(Messages, change, "messageId");
                break;
            case EventNames.MessageStatusChanged:
                Add(States, change, "messageId");
                break;
            case EventNames.ConversationCreated:
                Add(Conversations, change, "conversationId");
                break;
            case EventNames.ChannelStatus:
                Add(Channels, change, "channelId");
                if (Text(change, "status") == Names.Of(ChannelStatus.Connected) && Guid.TryParse(Text(change, "channelId"), out var mended))
                {
                    Mended[mended] = change.At;
                }

                break;
        }
    }

    private void Add(HashSet<Guid> ids, ChangeEvent change, string member)
    {
        if (Guid.TryParse(Text(change, member), out var id))
        {
            ids.Add(id);
            _at[id] = change.At;
        }
    }

    private static string? Text(ChangeEvent change, string member) => change.Data[member] is JsonValue value ? value.ToString() : null;
}

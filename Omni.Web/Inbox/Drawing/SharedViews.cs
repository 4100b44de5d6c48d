using System.Text.Json;
using Omni.Core.Inbox;

namespace Omni.Web.Inbox.Drawing;

/// <summary>Conversations and messages that the circuits of this node show: colleagues who look at the same inbox share them, and with them what is drawn from them. One per node.</summary>
public sealed class SharedViews
{
    private readonly OneCopy<ConversationRow> _rows = new(row => row.Id, IsSame);
    private readonly OneCopy<MessageView> _messages = new(message => message.Id, IsSame);

    /// <summary>The one copy of a conversation.</summary>
    public ConversationRow Of(ConversationRow row) => _rows.Of(row);

    /// <summary>The one copy of a message.</summary>
    public MessageView Of(MessageView message) => _messages.Of(message);

    /// <summary>A page of the list.</summary>
    public List<ConversationItem> Of(IEnumerable<ConversationItem> items) => [.. items.Select(i => i with { Row = Of(i.Row) })];

    /// <summary>Some changed conversations.</summary>
    public List<ConversationRow> Of(IEnumerable<ConversationRow> rows) => [.. rows.Select(Of)];

    /// <summary>Some messages.</summary>
    public List<MessageView> Of(IEnumerable<MessageView> messages) => [.. messages.Select(Of)];

    private static bool IsSame(ConversationRow one, ConversationRow other) =>
        one.Version == other.Version && one.Labels.SequenceEqual(other.Labels) && one with { Labels = other.Labels } == other;

    private static bool IsSame(MessageView one, MessageView other) =>
        one.Status == other.Status && one.Attachments.Count == other.Attachments.Count && one.Reactions.SequenceEqual(other.Reactions) && IsSame(one.Payload, other.Payload)
        && one.Attachments.Zip(other.Attachments).All(a => IsSame(a.First.Payload, a.Second.Payload) && a.First with { Payload = a.Second.Payload } == a.Second)
        && one with { Attachments = other.Attachments, Reactions = other.Reactions, Payload = other.Payload } == other;

    // JSON of two readings is never the same object.
    private static bool IsSame(JsonElement? one, JsonElement? other) => one.HasValue == other.HasValue && (one is null || JsonElement.DeepEquals(one.Value, other!.Value));
}

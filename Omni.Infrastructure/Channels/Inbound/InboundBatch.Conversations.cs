using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Inbox;

namespace Omni.Infrastructure.Channels.Inbound;

/// <content>People and conversations: found or made, and what a conversation shows of its newest message.</content>
internal sealed partial class InboundBatch
{
    private PersonState Person(InboundEvent item, DateTimeOffset? seenAt)
    {
        var ids = item.ContactAliases.Prepend(item.ContactId!).Distinct().ToList();
        var person = ids.Select(id => loaded.People.GetValueOrDefault(id)).FirstOrDefault(p => p is not null);
        if (person is null)
        {
            person = new PersonState { ContactId = OmniId.New(now), IsNew = true, Name = Name(item) ?? item.Username ?? item.ContactId! };
            loaded.NewPeople.Add(person);
            Changes.Events.Add((EventNames.ContactCreated, ChangeEvent.Organization, new JsonObject { ["contactId"] = person.ContactId }));
        }
        else if (Name(item) is { } told && !person.NameIsOurs && told != person.Name)
        {
            (person.Name, person.NameChanged) = (told, true);
        }

        foreach (var id in ids.Where(id => !loaded.People.ContainsKey(id)))
        {
            AddIdentity(person, id, item.Username, primary: id == item.ContactId && person.IsNew);
        }

        person.SeenAt = seenAt is null ? person.SeenAt : Max(person.SeenAt ?? seenAt.Value, seenAt.Value);
        return person;
    }

    private static string? Name(InboundEvent item) =>
        string.IsNullOrWhiteSpace(item.ContactName) ? null : item.ContactName.Length > 300 ? item.ContactName[..300] : item.ContactName;

    private void AddIdentity(PersonState person, string externalId, string? username, bool primary)
    {
        loaded.People[externalId] = person;
        Changes.Identities.Add(new NewIdentity(OmniId.New(now), person.ContactId, externalId, username, primary));
    }

    private ConversationState Conversation(PersonState person, string threadKey, DateTimeOffset receivedAt)
    {
        if (loaded.OpenConversations.TryGetValue((person.ContactId, threadKey), out var open))
        {
            return open;
        }

        var made = new ConversationState
        {
            Id = OmniId.New(now),
            ContactId = person.ContactId,
            ThreadKey = threadKey,
            IsNew = true,
            Status = person.Blocked ? ConversationStatus.Spam : ConversationStatus.Open,
            LastActivityAt = receivedAt,
            CreatedAt = now,
        };
        loaded.OpenConversations[(person.ContactId, threadKey)] = made;
        loaded.Conversations[made.Id] = made;
        Changes.Events.Add((EventNames.ConversationCreated, ChangeEvent.Conversation(made.Id), new JsonObject { ["conversationId"] = made.Id, ["contactId"] = made.ContactId }));
        return made;
    }

    private ConversationState? Find(Guid id) => loaded.Conversations.GetValueOrDefault(id);

    private void Touch(ConversationState conversation)
    {
        conversation.Changed = true;
        if (!conversation.IsNew && !conversation.Told)
        {
            conversation.Told = true;
            Changes.Events.Add((EventNames.ConversationUpdated, ChangeEvent.Conversation(conversation.Id), new JsonObject { ["conversationId"] = conversation.Id }));
        }
    }

    private void SyncPreview(Message message)
    {
        if (Find(message.ConversationId) is { } conversation && conversation.LastMessageId == message.Id)
        {
            (conversation.LastMessagePreview, conversation.Changed) = (Preview.Of(message.Type, message.Text), true);
        }
    }

    /// <summary>
    /// A live message never sorts before the last outgoing one that its sender had seen within the same unit of the platform's clock, nor
    /// before the customer's own last one of that unit, which may have been moved so and whose neighbour has since been followed by another.
    /// </summary>
    private long PositionOf(DateTimeOffset time, ConversationState conversation)
    {
        var own = time.ToUnixTimeMilliseconds();
        var end = own + (long)channel.Capabilities.TimeUnit.TotalMilliseconds;
        return Math.Max(Within(conversation.LastOutPosition), Within(conversation.LastInPosition));

        long Within(long position) => position > own && position < end ? position : own;
    }

    private void Show(ConversationState conversation, Message message, DateTimeOffset receivedAt, DateTimeOffset written, bool incoming)
    {
        Changes.SawMessage |= incoming;
        if (message.Position >= conversation.LastMessagePosition)
        {
            conversation.LastMessagePosition = message.Position;
            conversation.LastMessageId = message.Id;
            conversation.LastMessageDirection = message.Direction;
            conversation.LastMessagePreview = Preview.Of(message.Type, message.Text);
            conversation.LastMessageStatus = message.Status;
        }

        conversation.LastPosition = Math.Max(conversation.LastPosition, message.Position);
        conversation.LastActivityAt = Max(conversation.LastActivityAt, receivedAt);
        conversation.Raised = true;
        if (!incoming)
        {
            conversation.LastOutPosition = Math.Max(conversation.LastOutPosition, message.Position);
            conversation.WaitingSince = null;
            return;
        }

        conversation.LastInPosition = message.Position;
        conversation.LastUnreadSeq = message.Seq;
        conversation.LastInboundAt = Max(conversation.LastInboundAt ?? written, written);
        conversation.WaitingSince ??= receivedAt;
        if (channel.Window is { } window)
        {
            conversation.WindowUntil = Max(conversation.WindowUntil ?? written + window, written + window);
        }

        if (conversation.Status is ConversationStatus.Pending or ConversationStatus.Snoozed)
        {
            conversation.Status = ConversationStatus.Open;
        }
    }
}

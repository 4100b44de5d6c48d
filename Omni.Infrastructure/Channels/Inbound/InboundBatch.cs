using System.Text.Json;
using System.Text.Json.Nodes;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Inbox;
using Omni.Core.Media;

namespace Omni.Infrastructure.Channels.Inbound;

/// <summary>Applies events, in order, to what was read from the database. Only memory is touched here: <see cref="InboundWrites"/> writes the outcome.</summary>
internal sealed partial class InboundBatch(InboundChannel channel, InboundLoaded loaded, DateTimeOffset now)
{
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    internal InboundChanges Changes { get; } = new();

    internal InboundLoaded Loaded => loaded;

    /// <summary>People who wrote and are shown by the platform's id, because it does not tell their names.</summary>
    internal List<Nameless> Nameless { get; } = [];

    /// <summary>Applies one event.</summary>
    /// <exception cref="FormatException">The event contradicts itself and can never be applied.</exception>
    internal void Apply(InboundEvent item, DateTimeOffset receivedAt)
    {
        switch (item.Kind)
        {
            case InboundKind.Message:
                ApplyMessage(item, receivedAt);
                break;
            case InboundKind.Status:
            case InboundKind.Reaction:
            case InboundKind.Edit:
            case InboundKind.Deletion:
                ApplyToMessage(item, receivedAt, mayWait: true);
                break;
            case InboundKind.Delivery:
            case InboundKind.Read:
                ApplyWatermark(item, receivedAt);
                break;
            case InboundKind.Postback when item.ContactId is not null:
                // A tap says what the person wants as a message does: it opens the conversation and the window.
                ApplyMessage(item with { ExternalId = item.ExternalId ?? LineId(item), Type = "interactive", Text = item.Text ?? item.Extra["payload"]?.GetValue<string>() }, receivedAt);
                break;
            case InboundKind.Postback:
            case InboundKind.Referral:
            case InboundKind.Optin:
                Line(item, Names.Of(item.Kind), receivedAt);
                break;
            case InboundKind.Preference:
                ApplyPreference(item, receivedAt);
                break;
            case InboundKind.ContactUpdate:
                ApplyContactUpdate(item, receivedAt);
                break;
            case InboundKind.AccountUpdate:
            case InboundKind.TemplateUpdate:
            case InboundKind.Error:
                ApplyToChannel(item, receivedAt);
                break;
            case InboundKind.Ignored when item.IsOnlyAHint:
                var since = item.Timestamp ?? receivedAt;
                Changes.HistorySince = since < Changes.HistorySince ? since : Changes.HistorySince ?? since;
                break;
            case InboundKind.Ignored:
                break;
            default:
                throw new FormatException($"{item.Kind} cannot be applied for {channel.Kind}.");
        }
    }

    private void ApplyMessage(InboundEvent item, DateTimeOffset receivedAt)
    {
        if (item.ExternalId is null || (item.ContactId is null && item.Direction != MessageDirection.Out))
        {
            throw new FormatException("A message needs an id and a person.");
        }

        if (loaded.Messages.TryGetValue(item.ExternalId, out _))
        {
            return; // Came before: the platform repeats, or it is our own.
        }

        var incoming = item.Direction != MessageDirection.Out;
        if (!incoming && OwnSend(item) is { } own)
        {
            // The echo of a send whose answer is not recorded yet.
            ApplyToMessage(item with { Kind = InboundKind.Status, Status = "sent", ClientReference = own.ToString() }, receivedAt, mayWait: false);
            return;
        }

        if (item.ContactId is null && Answered(item) is null)
        {
            return; // our own words to somebody who is no customer here
        }

        var person = item.ContactId is null ? new PersonState { ContactId = Answered(item)!.ContactId, Name = "" } : Person(item, incoming ? receivedAt : null);
        if (item.ContactId is not null && person.Name == item.ContactId && !person.NameIsOurs && !Nameless.Exists(n => n.ContactId == person.ContactId))
        {
            Nameless.Add(new Nameless(channel.OrganizationId, channel.ChannelId, channel.Kind, person.ContactId, item.ContactId));
        }

        var conversation = item.ContactId is null ? Answered(item)! : Conversation(person, item.ThreadKey, receivedAt);
        var platformTime = item.Timestamp is { } told && told <= receivedAt + FutureTolerance ? told : (DateTimeOffset?)null;
        var position = incoming
            ? PositionOf(platformTime ?? receivedAt, conversation)
            : Math.Max((platformTime ?? receivedAt).ToUnixTimeMilliseconds(), 0);

        conversation.LastSeq++;
        var message = new Message
        {
            Id = OmniId.New(now),
            OrganizationId = channel.OrganizationId,
            ConversationId = conversation.Id,
            ChannelId = channel.ChannelId,
            Seq = conversation.LastSeq,
            Position = position,
            Direction = incoming ? MessageDirection.In : MessageDirection.Out,
            Kind = MessageKind.Message,
            Type = item.Type ?? "unsupported",
            Text = item.Text,
            Payload = PayloadOf(item),
            ContactId = incoming ? person.ContactId : null,
            Source = MessageSource.Platform,
            ExternalId = item.ExternalId,
            ReplyToId = item.ReplyTo is { } target && loaded.Messages.TryGetValue(target, out var replied) ? replied.Row.Id : null,
            ReplyToExternalId = item.ReplyTo,
            Status = incoming ? MessageStatus.Received : MessageStatus.Sent,
            PlatformTime = platformTime,
            ReceivedAt = receivedAt,
            CreatedAt = now,
        };
        loaded.Messages[item.ExternalId] = new MessageState { Row = message, IsNew = true };
        Attach(message, item.Attachments);
        Show(conversation, message, receivedAt, platformTime ?? receivedAt, incoming);
        Changes.Events.Add((EventNames.MessageCreated, ChangeEvent.Conversation(conversation.Id), Data(message, new JsonObject
        {
            ["seq"] = message.Seq, ["direction"] = Names.Of(message.Direction), ["kind"] = Names.Of(message.Kind),
        })));
        Touch(conversation);

        // What came for this message before it: in earlier batches, and in this one.
        foreach (var early in loaded.Pending.Where(p => p.ExternalId == item.ExternalId).ToList())
        {
            loaded.Pending.Remove(early);
            Changes.AppliedPending.Add(early.Id);
            ApplyToMessage(early.Event, early.ReceivedAt, mayWait: false);
        }

        foreach (var early in Changes.Pending.FindAll(p => p.ExternalId == item.ExternalId))
        {
            Changes.Pending.Remove(early);
            ApplyToMessage(JsonSerializer.Deserialize<InboundEvent>(early.Event, InboundLoaded.EventJson)!, early.ReceivedAt, mayWait: false);
        }
    }

    private void ApplyPreference(InboundEvent item, DateTimeOffset receivedAt)
    {
        if (item.ContactId is not null && item.Status is { } wish)
        {
            Person(item, null).Preference = wish;
            Line(item, "preference", receivedAt);
        }
    }

    private void ApplyContactUpdate(InboundEvent item, DateTimeOffset receivedAt)
    {
        // The new id joins the same person; sends go to it from now on.
        if (LineId(item) is { } line && loaded.Messages.ContainsKey(line))
        {
            return; // A repeat must not undo a later change.
        }

        var previous = item.Extra["previous_user_id"]?.GetValue<string>();
        var next = item.Extra["new_contact_id"]?.GetValue<string>() ?? item.Extra["user_id"]?.GetValue<string>();
        var person = previous is not null && loaded.People.TryGetValue(previous, out var known) ? known : Person(item, null);
        if (next is not null && loaded.People.TryAdd(next, person))
        {
            AddIdentity(person, next, null, primary: false);
        }

        if (next is not null && loaded.People[next] == person)
        {
            Changes.Promoted.Add((person.ContactId, next));
        }

        Line(item, $"contact.{item.Type}", receivedAt);
    }

    private void ApplyToChannel(InboundEvent item, DateTimeOffset receivedAt)
    {
        if (item.Kind == InboundKind.AccountUpdate && item.Extra["action"]?.ToString() == "reauthorize")
        {
            Changes.RevokedAt = Max(Changes.RevokedAt ?? DateTimeOffset.MinValue, item.Timestamp ?? receivedAt);
        }

        if (item.Kind == InboundKind.Error || (item.Kind == InboundKind.AccountUpdate && (item.Status is "DISABLE" or "RESTRICTED" || item.Type is "ACCOUNT_RESTRICTION" or "ACCOUNT_VIOLATION")))
        {
            Changes.ChannelReason = item.Error?.Message ?? $"{channel.Kind} reports: {item.Type ?? "a problem with the account"}.";
        }

        Changes.Events.Add((EventNames.ChannelStatus, ChangeEvent.Organization, new JsonObject
        {
            ["channelId"] = channel.ChannelId, ["kind"] = Names.Of(item.Kind), ["type"] = item.Type, ["status"] = item.Status, ["extra"] = item.Extra.DeepClone(),
        }));
    }

    /// <summary>The id under which the line of an event is kept, so that a repeat changes nothing; null for events that make no line.</summary>
    internal static string? LineId(InboundEvent item) => item.Kind switch
    {
        InboundKind.ContactUpdate when item.ExternalId is not null => item.ExternalId,
        InboundKind.Postback or InboundKind.Referral or InboundKind.Optin or InboundKind.Preference or InboundKind.ContactUpdate =>
            $"{Names.Of(item.Kind)}:{item.ContactId}:{item.ExternalId}:{item.Timestamp?.ToUnixTimeMilliseconds()}:{item.Type}:{item.Status}",
        _ => null,
    };

    /// <summary>A thin line in the timeline; it neither opens the window nor makes anything unread.</summary>
    private void Line(InboundEvent item, string name, DateTimeOffset receivedAt)
    {
        var id = LineId(item);
        if (item.ContactId is null || (id is not null && loaded.Messages.ContainsKey(id))
            || !loaded.OpenConversations.TryGetValue((Person(item, null).ContactId, item.ThreadKey), out var conversation))
        {
            return;
        }

        conversation.LastSeq++;
        conversation.LastPosition = Math.Max(conversation.LastPosition, receivedAt.ToUnixTimeMilliseconds());
        Touch(conversation);
        var line = new Message
        {
            Id = OmniId.New(now),
            OrganizationId = channel.OrganizationId,
            ConversationId = conversation.Id,
            ChannelId = channel.ChannelId,
            Seq = conversation.LastSeq,
            Position = conversation.LastPosition,
            Direction = MessageDirection.Internal,
            Kind = MessageKind.Activity,
            Type = name,
            Text = null,
            Payload = item.Extra.Count > 0 || item.Status is not null ? new JsonObject { ["status"] = item.Status, ["data"] = item.Extra.DeepClone() }.ToJsonString() : null,
            Source = MessageSource.Platform,
            ExternalId = id,
            Status = MessageStatus.Received,
            PlatformTime = item.Timestamp,
            ReceivedAt = receivedAt,
            CreatedAt = now,
        };
        Changes.Lines.Add(line);
        if (id is not null)
        {
            loaded.Messages[id] = new MessageState { Row = line };
        }

        Changes.Events.Add((EventNames.MessageCreated, ChangeEvent.Conversation(conversation.Id), Data(line)));
    }

    private void Attach(Message message, IReadOnlyList<InboundAttachment> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            var isFile = part.Type is not ("location" or "contact" or "share" or "link") && part.Stored is null;
            Changes.NeedsMedia |= isFile;
            Changes.Attachments.Add(new Attachment
            {
                Id = OmniId.New(now),
                OrganizationId = channel.OrganizationId,
                MessageId = message.Id,
                Index = i,
                Type = part.Type,
                Mime = part.Mime,
                Name = part.Filename,
                Size = part.Stored?.Size,
                BlobKey = part.Stored?.Key,
                State = isFile ? AttachmentState.Pending : AttachmentState.Stored,
                ExternalId = part.Id,
                SourceUrl = part.Url,
                Payload = AttachmentPayload(part),
                NextAt = now,
                CreatedAt = now,
            });
        }
    }

    // What is shared is no file: its address is shown, not fetched.
    private static string? AttachmentPayload(InboundAttachment part)
    {
        if (part is not { Type: "share" or "link", Url: { } url })
        {
            return part.Extra.Count > 0 ? part.Extra.ToJsonString() : null;
        }

        var payload = part.Extra.DeepClone().AsObject();
        payload["url"] = url;
        return payload.ToJsonString();
    }

    private static JsonObject Data(Message message, JsonObject? more = null)
    {
        var data = more ?? [];
        data["conversationId"] = message.ConversationId;
        data["messageId"] = message.Id;
        return data;
    }

    private static string? PayloadOf(InboundEvent item) => item.Extra.Count == 0 ? null : item.Extra.ToJsonString();

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

using System.Text.Json;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Inbox;
using Omni.Core.Media;
using Omni.Core.Tenancy;

namespace Omni.Tests.Inbox;

/// <summary>People and conversations with good defaults.</summary>
internal static class SampleInbox
{
    /// <summary>A row of the reader's, open, on WhatsApp, one incoming message a minute ago.</summary>
    internal static ConversationRow Row(FakeInbox inbox, string name, DateTimeOffset now, string preview = "Hello") => new()
    {
        Id = OmniId.New(),
        OrganizationId = inbox.Actor.OrganizationId,
        ChannelId = inbox.Directory.Channels.Count > 0 ? inbox.Directory.Channels[0].Id : OmniId.New(),
        Kind = ChannelKind.WhatsApp,
        ChannelName = "Support line",
        ContactId = OmniId.New(),
        ContactName = name,
        AssigneeId = inbox.Actor.UserId,
        AssigneeName = inbox.Actor.DisplayName,
        LastSeq = 1,
        LastUnreadSeq = 1,
        LastMessageDirection = MessageDirection.In,
        LastMessagePreview = preview,
        LastActivityAt = now.AddMinutes(-1),
        LastInboundAt = now.AddMinutes(-1),
        WaitingSince = now.AddMinutes(-1),
        HasWindow = true,
        WindowUntil = now.AddHours(22),
        Version = 1,
        CreatedAt = now.AddDays(-1),
    };

    /// <summary>A message of a row.</summary>
    internal static MessageView Message(ConversationRow row, int seq, string? text, DateTimeOffset at, MessageDirection direction = MessageDirection.In) => new()
    {
        Id = OmniId.New(),
        ConversationId = row.Id,
        Seq = seq,
        Position = at.ToUnixTimeMilliseconds(),
        Direction = direction,
        Text = text,
        Status = direction == MessageDirection.Out ? MessageStatus.Read : MessageStatus.Received,
        Source = direction == MessageDirection.Out ? MessageSource.Person : MessageSource.Platform,
        PlatformTime = at,
        ReceivedAt = at,
        CreatedAt = at,
    };

    /// <summary>A whole inbox as a small shop would have it: every kind of row and message.</summary>
    internal static FakeInbox Shop(TimeProvider clock, int more = 40)
    {
        var inbox = new FakeInbox(clock);
        var now = clock.GetUtcNow();
        var me = inbox.Actor.UserId;
        var jonas = OmniId.New();
        LabelView warranty = new(OmniId.New(), "Warranty", 3), shipping = new(OmniId.New(), "Shipping", 5), presale = new(OmniId.New(), "Pre-sale", 1);
        inbox.Directory = new InboxDirectoryView(
            "Skog & Fjell",
            [new(me, "Ingrid Solberg", MemberRole.Owner, Availability.Available), new(jonas, "Jonas Eide", MemberRole.Agent, Availability.Busy)],
            [
                new(OmniId.New(), ChannelKind.WhatsApp, "Support line", "+47 21 00 00 12", ChannelStatus.Connected, null),
                new(OmniId.New(), ChannelKind.Instagram, "@skogogfjell", "skogogfjell", ChannelStatus.Connected, null),
                new(OmniId.New(), ChannelKind.Messenger, "Facebook", "Skog & Fjell", ChannelStatus.NeedsReauth, "The token no longer counts."),
            ],
            [presale, shipping, warranty]);
        inbox.Card = new ContactCard(
            Guid.Empty, "Leila Haddad", null, [new("Language", "Norwegian, English"), new("Last order", "SF-20418 · Fjell 2 tent")],
            [new(inbox.Directory.Channels[0].Id, ChannelKind.WhatsApp, "4790213377", null), new(inbox.Directory.Channels[1].Id, ChannelKind.Instagram, "178414", "leila.outside")],
            false, now.AddMinutes(-6), now.AddDays(-90));

        inbox.Put(Row(inbox, "Tomás Rivera", now, "Replied to your story: is the moss-green one back?") with
        { Kind = ChannelKind.Instagram, ChannelId = inbox.Directory.Channels[1].Id, ChannelName = "@skogogfjell", Labels = [presale], WindowUntil = now.AddHours(23), LastActivityAt = now.AddMinutes(-2), LastInboundAt = now.AddMinutes(-2) }, 0);
        var leila = Row(inbox, "Leila Haddad", now, "It’s the 8.5 mm pole") with
        { Labels = [warranty], Priority = ConversationPriority.High, LastMessageDirection = MessageDirection.Out, LastMessageStatus = MessageStatus.Failed, LastActivityAt = now.AddMinutes(-6), LastInboundAt = now.AddMinutes(-6), LastSeq = 14, LastUnreadSeq = 12 };
        inbox.Put(leila, 11);
        inbox.Put(Row(inbox, "Priya Nair", now, "Perfect, and can I still change the size?") with
        { Kind = ChannelKind.Messenger, ChannelId = inbox.Directory.Channels[2].Id, ChannelName = "Facebook", WindowUntil = now.AddMinutes(100), LastActivityAt = now.AddMinutes(-18), LastInboundAt = now.AddMinutes(-18) }, 0);
        var sofie = Row(inbox, "Sofie Dahl", now, "Voice note") with { Labels = [shipping], WindowUntil = now.AddHours(-1), LastActivityAt = now.AddDays(-1), LastInboundAt = now.AddDays(-1) };
        inbox.Put(sofie);
        inbox.Put(Message(sofie, 1, "The parcel says delivered but it is not here", now.AddDays(-1)));
        inbox.Put(Row(inbox, "<b onmouseover=alert(1)>Mallory</b>", now, "<script>alert(1)</script>") with { LastActivityAt = now.AddHours(-3), LastInboundAt = now.AddHours(-3) });
        inbox.Put(Row(inbox, "\u202Egnp.exe", now, "مرحبا، هل الخيمة متوفرة؟") with { LastActivityAt = now.AddHours(-4), LastInboundAt = now.AddHours(-4) });
        for (var i = 0; i < more; i++)
        {
            inbox.Put(Row(inbox, $"Customer {i + 1}", now, "Thanks a lot, that fixed the zip") with { LastActivityAt = now.AddDays(-2).AddMinutes(-i), LastInboundAt = now.AddDays(-2).AddMinutes(-i), AssigneeId = i % 3 == 0 ? jonas : i % 3 == 1 ? null : me, LastMessageDirection = i % 2 == 0 ? MessageDirection.Out : MessageDirection.In });
        }

        var yesterday = now.AddDays(-1);
        MessageView M(int seq, string? text, DateTimeOffset at, MessageDirection direction = MessageDirection.In) => Message(leila, seq, text, at, direction);
        MessageView[] talk =
        [
            M(1, "Hi! One of the poles on my Fjell 2 tent snapped last weekend. Is that covered by the warranty?", yesterday),
            M(2, null, yesterday.AddMinutes(1), MessageDirection.Internal) with { Kind = MessageKind.Activity, Type = "assigned", AuthorName = "Jonas Eide", Payload = Json("""{"assigneeName":"Ingrid Solberg"}""") },
            M(3, "Hi Leila, I found your order SF-20418. See https://example.com/warranty. Could you send a photo?", yesterday.AddMinutes(2), MessageDirection.Out) with { AuthorId = jonas, AuthorName = "Jonas Eide" },
            M(4, "Here it is, javascript:alert(1)", yesterday.AddMinutes(9)) with { Type = "image", Attachments = [new(OmniId.New(), "image", null, "pole.jpg", null, AttachmentState.Pending, null, null)], Reactions = [new($"user:{me}", "👍")] },
            M(5, "Batch 0623, same ferrule as two others last week. Drammen has nine pole sets.", yesterday.AddMinutes(20), MessageDirection.Internal) with { Kind = MessageKind.Note, AuthorId = jonas, AuthorName = "Jonas Eide" },
            M(6, "That is covered, Leila. A full pole set is on the house.", yesterday.AddMinutes(31), MessageDirection.Out) with { AuthorId = me, AuthorName = "Ingrid Solberg" },
            M(7, "Where should it go?", yesterday.AddMinutes(31), MessageDirection.Out) with { AuthorId = me, AuthorName = "Ingrid Solberg", Status = MessageStatus.Delivered },
            M(8, null, yesterday.AddMinutes(40)) with { Type = "location", Payload = Json("""{"latitude":60.6287,"longitude":6.4148,"name":"Voss"}""") },
            M(9, null, yesterday.AddMinutes(41)) with { Type = "unsupported" },
            M(10, null, yesterday.AddMinutes(42)) with { DeletedAt = yesterday.AddMinutes(43) },
            M(11, "Thursday would be perfect", now.AddMinutes(-40)) with { EditedAt = now.AddMinutes(-39), ReceivedAt = now.AddMinutes(-30) },
            M(12, "One more thing: is it the 8.5 or the 9 mm pole? I have sleeves for 8.5.", now.AddMinutes(-6)) with { ReplyToPreview = "That is covered, Leila." },
            M(13, "It’s the 8.5 mm pole, so your sleeves will fit.", now.AddMinutes(-5), MessageDirection.Out) with { AuthorId = me, AuthorName = "Ingrid Solberg", Status = MessageStatus.Failed, ErrorCode = "131016", ErrorMessage = "WhatsApp was unavailable.", ErrorRetryable = true },
            M(14, "It leaves Drammen today.", now.AddSeconds(-20), MessageDirection.Out) with { AuthorId = me, AuthorName = "Ingrid Solberg", Status = MessageStatus.Unknown },
        ];
        foreach (var message in talk)
        {
            inbox.Put(message);
        }

        return inbox;
    }

    internal static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Media;
using Omni.Core.Tenancy;

namespace Omni.Core.Inbox;

/// <summary>Takes replies and notes: checks them against the platform's rules, and stores message and outbox entry in one transaction. The sender works from that entry, also after a crash.</summary>
public sealed partial class ReplyService(IOmniDbFactory dbs, IChannelAdapters adapters, WorkSignals signals, TimeProvider clock)
{
    /// <summary>Longest note, in characters.</summary>
    public const int MaxNoteLength = 20_000;

    /// <summary>Queues a reply or stores a note.</summary>
    /// <returns>The messages, or why not: text too long, window closed (what to do instead is in the words), channel broken, somebody else wrote meanwhile.</returns>
    public async Task<Result<ReplyResult>> ReplyAsync(Actor actor, ReplyDraft draft, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(draft);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        if (string.IsNullOrWhiteSpace(draft.Text) && draft.Attachments.Count == 0 && draft.Template is null && draft.Interactive is null)
        {
            return new Refusal.Invalid("text", draft.Note ? "A note needs some text." : "A reply needs some text or a file.");
        }

        if (draft.Text is { } words && !IsStorable(words))
        {
            return new Refusal.Invalid("text", "The text contains characters that cannot be stored (NUL or half of a character pair).");
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var conversation = await db.LockAsync<Conversation>(draft.ConversationId, ct);
        if (conversation is null)
        {
            return new Refusal.NotFound("The conversation");
        }

        if (await RepeatedAsync(db, draft, conversation, ct) is { } first)
        {
            return first;
        }

        if (draft.IfVersion is { } seen && conversation.Version > seen)
        {
            return await MeanwhileAsync(db, conversation, actor, ct);
        }

        var now = clock.GetUtcNow();
        var made = draft.Note
            ? await NoteAsync(db, actor, draft, conversation, now, ct)
            : await QueueAsync(db, actor, draft, conversation, now, ct);
        if (!made.Succeeded(out var messages, out var refusal))
        {
            return refusal;
        }

        foreach (var message in messages)
        {
            db.Messages.Add(message);
            db.Raise(Activities.Created(message, now));
        }

        await MovePointerAsync(db, actor, conversation, ct);
        db.Raise(Activities.Updated(conversation, now));
        await db.CommitAsync(ct);
        if (!draft.Note)
        {
            signals.Outbox.Set();
        }

        return new ReplyResult([.. messages.Select(m => m.Id)], conversation.Version, Repeated: false);
    }

    private static async Task<Result<ReplyResult>?> RepeatedAsync(IOmniDb db, ReplyDraft draft, Conversation conversation, CancellationToken ct)
    {
        var ids = ClientIds(draft).ToList();
        var known = await db.Messages.Where(m => m.ClientId != null && ids.Contains(m.ClientId.Value)).OrderBy(m => m.Seq).ToListAsync(ct);
        if (known.Count == 0)
        {
            return null;
        }

        var same = known[0].ConversationId == conversation.Id && known[0].Text == draft.Text && (known[0].Kind == MessageKind.Note) == draft.Note;
        return same
            ? new ReplyResult([.. known.Select(m => m.Id)], conversation.Version, Repeated: true)
            : new Refusal.Conflict("This client id was already used for another message.");
    }

    private static async Task<Result<ReplyResult>> MeanwhileAsync(IOmniDb db, Conversation conversation, Actor actor, CancellationToken ct)
    {
        var newest = await db.Messages
            .Where(m => m.ConversationId == conversation.Id && m.Kind != MessageKind.Activity && m.AuthorId != actor.UserId)
            .OrderByDescending(m => m.Position).ThenByDescending(m => m.Seq).Take(3)
            .Select(m => new { m.Id, m.Direction, m.Text, m.AuthorId, AuthorName = db.Users.Where(u => u.Id == m.AuthorId).Select(u => u.DisplayName).FirstOrDefault(), m.CreatedAt })
            .ToListAsync(ct);
        return new Refusal.Conflict("Something came meanwhile. Review it, or send anyway.")
        {
            Details = new
            {
                version = conversation.Version,
                messages = newest.Select(m => new { m.Id, direction = Names.Of(m.Direction), m.Text, m.AuthorId, m.AuthorName, m.CreatedAt }),
            },
        };
    }

    private static async Task<Result<Message[]>> NoteAsync(IOmniDb db, Actor actor, ReplyDraft draft, Conversation conversation, DateTimeOffset now, CancellationToken ct)
    {
        var named = draft.Mentions.Distinct().ToList();
        if (named.Count > ReplyDraft.MaxMentions
            || await db.Memberships.CountAsync(m => m.OrganizationId == actor.OrganizationId && named.Contains(m.UserId), ct) != named.Count)
        {
            return new Refusal.Invalid("mentions", $"Each must be the id of a member of the organization, at most {ReplyDraft.MaxMentions}.");
        }

        if (draft.Text is not { Length: > 0 and <= MaxNoteLength } text)
        {
            return new Refusal.Invalid("text", $"A note has 1 to {MaxNoteLength} characters.");
        }

        var note = conversation.Append(actor, MessageKind.Note, "text", text, null, now, draft.ClientId);
        conversation.LastUnreadSeq = note.Seq;
        db.Set<NoteMention>().AddRange(named.Select(person => new NoteMention(actor.OrganizationId, note.Id, person, conversation.Id)));
        return new[] { note };
    }

    private async Task<Result<Message[]>> QueueAsync(
        IOmniDb db, Actor actor, ReplyDraft draft, Conversation conversation, DateTimeOffset now, CancellationToken ct)
    {
        var channel = await db.Channels.SingleAsync(c => c.Id == conversation.ChannelId, ct);
        if (adapters.Find(channel.Kind) is not { } adapter)
        {
            return new Refusal.Conflict($"This installation cannot send on {channel.Kind} yet.");
        }

        if ((Sendable(actor, channel, conversation, draft.Template is not null) ?? await FullAsync(db, channel.Kind, adapter.Capabilities, conversation, draft, ct)) is { } closed)
        {
            return closed;
        }

        var limits = adapter.Capabilities;
        var length = limits.CountsBytes ? Encoding.UTF8.GetByteCount(draft.Text ?? "") : (draft.Text ?? "").Length;
        if (length > limits.MaxTextLength)
        {
            return new Refusal.Invalid("text", $"{channel.Kind} takes at most {limits.MaxTextLength} {(limits.CountsBytes ? "bytes" : "characters")}; this is {length}. Split it into several messages.");
        }

        if (draft.Template is not null && !limits.Templates)
        {
            return new Refusal.Invalid("template", $"{channel.Kind} has no templates.");
        }

        var files = await db.Attachments.Where(a => draft.Attachments.Contains(a.Id) && a.MessageId == null).ToListAsync(ct);
        if (files.Count != draft.Attachments.Distinct().Count())
        {
            return new Refusal.Invalid("attachments", "Each must be the id of an uploaded file that was not sent yet.");
        }

        foreach (var file in files)
        {
            if (Unfit(file, limits, channel.Kind) is { } reason)
            {
                return new Refusal.Invalid("attachments", reason);
            }
        }

        Message? target = null;
        if (draft.ReplyToId is { } replyTo)
        {
            target = await db.Messages.SingleOrDefaultAsync(m => m.Id == replyTo && m.ConversationId == conversation.Id, ct);
            if (target is null)
            {
                return new Refusal.Invalid("replyToId", "It must be a message of the same conversation.");
            }
        }

        if (conversation.Status is not ConversationStatus.Open)
        {
            var open = await db.Conversations.Where(c => c.ChannelId == conversation.ChannelId && c.ContactId == conversation.ContactId
                && c.ThreadKey == conversation.ThreadKey && c.Id != conversation.Id
                && c.Status != ConversationStatus.Resolved && c.Status != ConversationStatus.Spam).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(ct);
            if (open is not null)
            {
                return new Refusal.Conflict("A newer conversation with this person is open. Answer there.") { Details = new { conversationId = open } };
            }

            (conversation.Status, conversation.SnoozedUntil, conversation.ResolvedAt) = (ConversationStatus.Open, null, null);
        }

        var order = draft.Attachments.Distinct().Select(id => files.Single(f => f.Id == id)).ToList();
        var messages = Messages(actor, draft, conversation, target, order, limits, now);
        foreach (var message in messages)
        {
            await AddToOutboxAsync(db, message, draft.NotBefore ?? now, ct);
        }

        conversation.FirstResponseAt ??= now;
        conversation.WaitingSince = null;
        conversation.LastActivityAt = now;
        conversation.LastOutPosition = messages[^1].Position;
        conversation.LastMessageId = messages[^1].Id;
        conversation.LastMessageDirection = MessageDirection.Out;
        conversation.LastMessagePreview = Preview.Of(messages[^1].Type, messages[^1].Text);
        conversation.LastMessageStatus = MessageStatus.Queued;
        return messages;
    }

    private static Message[] Messages(
        Actor actor, ReplyDraft draft, Conversation conversation, Message? target, List<Attachment> files, ChannelCapabilities limits, DateTimeOffset now)
    {
        // One file per message; the words go with the first where captions exist, otherwise before it.
        var parts = new List<(string Type, string? Text, Attachment? File)>();
        if (draft.Template is not null || draft.Interactive is not null || files.Count == 0)
        {
            parts.Add((draft.Template is not null ? "template" : draft.Interactive is not null ? "interactive" : "text", draft.Text, null));
        }
        else
        {
            var caption = limits.Captions && files[0].Type != "audio";
            if (!caption && !string.IsNullOrEmpty(draft.Text))
            {
                parts.Add(("text", draft.Text, null));
            }

            parts.AddRange(files.Select((file, i) => (file.Type, i == 0 && caption ? draft.Text : null, (Attachment?)file)));
        }

        var clientIds = ClientIds(draft).GetEnumerator();
        return [.. parts.Select((part, index) =>
        {
            clientIds.MoveNext();
            conversation.LastSeq++;
            conversation.LastPosition = Math.Max(now.ToUnixTimeMilliseconds(), conversation.LastPosition);
            var message = new Message
            {
                OrganizationId = conversation.OrganizationId,
                ConversationId = conversation.Id,
                ChannelId = conversation.ChannelId,
                Seq = conversation.LastSeq,
                Position = conversation.LastPosition,
                Direction = MessageDirection.Out,
                Kind = MessageKind.Message,
                Type = part.Type,
                Text = part.Text,
                Payload = Payload(draft),
                AuthorId = actor.UserId == Guid.Empty ? null : actor.UserId,
                Source = draft.Source,
                ClientId = clientIds.Current,
                ReplyToId = index == 0 ? target?.Id : null,
                ReplyToExternalId = index == 0 ? target?.ExternalId : null,
                Status = MessageStatus.Queued,
                ReceivedAt = now,
                CreatedAt = now,
            };
            if (part.File is { } file)
            {
                file.MessageId = message.Id;
            }

            return message;
        })];
    }

    private static string? Payload(ReplyDraft draft) => draft switch
    {
        { Template: { } template } => JsonSerializer.Serialize(new { template }, JsonSerializerOptions.Web),
        { Interactive: { } interactive } => new JsonObject { ["interactive"] = interactive.DeepClone() }.ToJsonString(),
        _ => null,
    };

    /// <summary>The first message carries the sender's own id, further parts ids derived from it, so that a repeat finds them all.</summary>
    private static IEnumerable<Guid> ClientIds(ReplyDraft draft)
    {
        yield return draft.ClientId;
        for (var i = 1; i <= draft.Attachments.Count; i++)
        {
            var hash = SHA256.HashData([.. draft.ClientId.ToByteArray(), .. BitConverter.GetBytes(i)]);
            yield return new Guid(hash.AsSpan(0, 16));
        }
    }

    private Refusal.Conflict? Sendable(Actor actor, Channel channel, Conversation conversation, bool template)
    {
        if (channel.Status is ChannelStatus.NeedsReauth)
        {
            return new Refusal.Conflict($"{channel.Name} must be connected again by an administrator before anything can be sent.") { Code = ErrorCode.ChannelNeedsReauthorization };
        }

        if (channel.Status is ChannelStatus.Disabled || channel.DeletedAt is not null)
        {
            return new Refusal.Conflict($"{channel.Name} is switched off.");
        }

        var limits = adapters.Find(channel.Kind)?.Capabilities;
        if (limits?.ReplyWindow is not { } window || template)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        if (conversation.WindowUntil is not { } until || until <= now)
        {
            return new Refusal.Conflict($"{channel.Kind} allows free replies for {(int)window.TotalHours} hours after the customer's last message. {(limits.Templates ? "Send an approved template instead, or wait until they write." : "Wait until they write again.")}") { Code = ErrorCode.WindowClosed };
        }

        // The longer window is granted for people who answer, not for programs.
        if (limits.LateWindow is not null && (actor.ByToken || actor.UserId == Guid.Empty) && conversation.LastInboundAt + window <= now)
        {
            return new Refusal.Conflict($"{channel.Kind} allows programs to reply for {(int)window.TotalHours} hours after the customer's last message. A person can still answer in the inbox.") { Code = ErrorCode.WindowClosed };
        }

        return null;
    }

    /// <summary>Some platforms take only so many messages after each one of the customer. Those that failed do not count; what was typed elsewhere does.</summary>
    private static async Task<Refusal.Conflict?> FullAsync(IOmniDb db, ChannelKind kind, ChannelCapabilities limits, Conversation conversation, ReplyDraft draft, CancellationToken ct)
    {
        if (limits.MaxPerWindow is not { } most)
        {
            return null;
        }

        var last = await db.Messages.Where(m => m.ConversationId == conversation.Id && m.Direction == MessageDirection.In).MaxAsync(m => (int?)m.Seq, ct) ?? 0;
        var sent = await db.Messages.CountAsync(
            m => m.ConversationId == conversation.Id && m.Direction == MessageDirection.Out && m.Kind == MessageKind.Message && m.Status != MessageStatus.Failed && m.Seq > last, ct);
        var more = Math.Max(1, draft.Attachments.Distinct().Count() + (draft.Attachments.Count > 0 && !limits.Captions && !string.IsNullOrEmpty(draft.Text) ? 1 : 0));
        return sent + more <= most ? null
            : new Refusal.Conflict($"{kind} takes at most {most} messages after each one of the customer, and {sent} went out. Wait until they write again.") { Code = ErrorCode.WindowClosed };
    }

    private static string? Unfit(Attachment file, ChannelCapabilities limits, ChannelKind kind)
    {
        if (file.State != AttachmentState.Stored)
        {
            return $"{file.Name} is not uploaded completely.";
        }

        if (!limits.Media.TryGetValue(file.Type, out var rule))
        {
            return $"{kind} takes no {file.Type}.";
        }

        if (file.Size > rule.MaxBytes)
        {
            return $"{file.Name} has {file.Size / 1_048_576.0:0.#} MB; {kind} takes {rule.MaxBytes / 1_048_576.0:0.#} MB.";
        }

        return rule.Mimes.Count > 0 && !rule.Mimes.Contains(file.Mime ?? "")
            ? $"{kind} does not take {file.Mime} as {file.Type}; it takes {string.Join(", ", rule.Mimes)}."
            : null;
    }

    /// <summary>Adds the entry the sender works from. It is the head when nothing of its conversation waits; the conversation's lock makes that certain.</summary>
    private static async Task AddToOutboxAsync(IOmniDb db, Message message, DateTimeOffset notBefore, CancellationToken ct)
    {
        var pending = db.Set<OutboxEntry>();
        var waiting = pending.Local.Any(o => o.ConversationId == message.ConversationId)
            || await pending.AnyAsync(o => o.ConversationId == message.ConversationId, ct);
        pending.Add(new OutboxEntry(message.OrganizationId, message.Id)
        {
            ConversationId = message.ConversationId,
            ChannelId = message.ChannelId,
            Seq = message.Seq,
            Priority = message.Source switch { MessageSource.Flow => 20, MessageSource.Campaign => 40, _ => 10 },
            IsHead = !waiting,
            NotBefore = notBefore,
            CreatedAt = message.CreatedAt,
        });
    }

    private static async Task MovePointerAsync(IOmniDb db, Actor actor, Conversation conversation, CancellationToken ct)
    {
        if (actor.UserId == Guid.Empty)
        {
            return;
        }

        var pointer = await db.Set<ReadPointer>().SingleOrDefaultAsync(p => p.UserId == actor.UserId && p.ConversationId == conversation.Id, ct);
        if (pointer is null)
        {
            db.Set<ReadPointer>().Add(pointer = new ReadPointer(actor.OrganizationId, actor.UserId, conversation.Id));
        }

        pointer.LastReadSeq = Math.Max(pointer.LastReadSeq, conversation.LastSeq);
    }

    /// <summary>PostgreSQL stores neither NUL nor half a surrogate pair.</summary>
    private static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) && ++i > 0)))
            {
                return false;
            }
        }

        return true;
    }
}

using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Sandbox;

/// <content>What the pretend customer does.</content>
public sealed partial class SandboxService
{
    private const int MostRead = 50;

    /// <summary>Lets a pretend customer do something: the delivery is signed and posted to the real webhook address before this returns.</summary>
    /// <returns>What passed, with the answer; an input that makes no sense, or too many in a minute.</returns>
    public async Task<Result<SandboxEntry>> PlayAsync(Actor actor, Guid channelId, SandboxMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!(await FindAsync(actor, channelId, ct)).Succeeded(out var account, out var refusal)
            || !(await CheckAsync(account, message, ct)).Succeeded(out var complete, out refusal)
            || !(await TakeAsync(actor, ct)).Succeeded(out _, out refusal))
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        var age = TimeSpan.FromSeconds(complete.AgeSeconds);
        if (account.Behaviour.WindowClosed && adapters.Find(account.Kind)?.Capabilities.ReplyWindow is { } window && age < window)
        {
            age = window + TimeSpan.FromHours(1);
        }

        var payload = _platforms[account.Kind].Write(account, complete, now - age);
        SandboxEntry entry = null!;
        for (var copy = 0; copy < complete.Copies; copy++)
        {
            entry = Entry(account, SandboxEntryKind.Inbound, payload, complete, copy == 0 ? now : clock.GetUtcNow());
            await wire.DeliverAsync(account, entry, ct);
        }

        return entry;
    }

    /// <summary>The customer looks at the phone: everything that was delivered to it is reported as read.</summary>
    /// <returns>How many messages were.</returns>
    public async Task<Result<int>> ReadAsync(Actor actor, Guid channelId, string contactId, CancellationToken ct)
    {
        if (!(await FindAsync(actor, channelId, ct)).Succeeded(out var account, out var refusal))
        {
            return refusal;
        }

        List<SandboxEntry> unread;
        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            var entries = db.Set<SandboxEntry>().AsNoTracking().Where(e => e.ChannelId == channelId && e.MessageId != null);
            var reported = _platforms[account.Kind].ReportsDelivery ? "delivered" : "sent";
            var delivered = entries.Where(e => e.Kind == SandboxEntryKind.Status && e.Type == reported && e.AnswerStatus == 200).Select(e => e.MessageId);
            var read = entries.Where(e => e.Kind == SandboxEntryKind.Status && e.Type == "read").Select(e => e.MessageId);
            unread = await entries.Where(e => e.Kind == SandboxEntryKind.Send && e.ContactId == contactId && delivered.Contains(e.MessageId) && !read.Contains(e.MessageId))
                .OrderBy(e => e.Id).Take(MostRead).ToListAsync(ct);
        }

        foreach (var send in unread)
        {
            var now = clock.GetUtcNow();
            var payload = _platforms[account.Kind].Report(account, send, "read", now);
            await wire.DeliverAsync(account, Entry(account, SandboxEntryKind.Status, payload, send, "read", now), ct);
        }

        return unread.Count;
    }

    /// <summary>Posts a delivery once more, byte for byte, as platforms do when an answer of ours gets lost.</summary>
    public async Task<Result<SandboxEntry>> DeliverAgainAsync(Actor actor, Guid channelId, Guid entryId, CancellationToken ct)
    {
        if (!(await FindAsync(actor, channelId, ct)).Succeeded(out var account, out var refusal))
        {
            return refusal;
        }

        SandboxEntry? first;
        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            first = await db.Set<SandboxEntry>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == entryId && e.ChannelId == channelId, ct);
        }

        if (first is null)
        {
            return new Refusal.NotFound("The delivery");
        }

        if (first.Kind is not (SandboxEntryKind.Inbound or SandboxEntryKind.Status))
        {
            return new Refusal.Conflict("This was a call of Omni's, not a delivery to it.");
        }

        if (!(await TakeAsync(actor, ct)).Succeeded(out _, out refusal))
        {
            return refusal;
        }

        var entry = new SandboxEntry
        {
            OrganizationId = first.OrganizationId,
            ChannelId = first.ChannelId,
            Kind = first.Kind,
            At = clock.GetUtcNow(),
            ContactId = first.ContactId,
            ContactName = first.ContactName,
            MessageId = first.MessageId,
            Type = first.Type,
            Text = first.Text,
            AboutId = first.AboutId,
            Reference = first.Reference,
            Body = first.Body,
            Headers = _platforms[account.Kind].Again(account, first) is { } again ? JsonSerializer.Serialize(again.Headers) : first.Headers,
        };
        await wire.DeliverAsync(account, entry, ct);
        return entry;
    }

    /// <summary>The note of a delivery that reports a state.</summary>
    public static SandboxEntry Entry(SandboxAccount account, SandboxEntryKind kind, SandboxPayload payload, SandboxEntry send, string status, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(send);
        return new SandboxEntry
        {
            OrganizationId = account.OrganizationId,
            ChannelId = account.ChannelId,
            Kind = kind,
            At = now,
            ContactId = send.ContactId,
            MessageId = payload.MessageId,
            Type = status,
            Reference = send.Reference,
            Body = payload.Body,
            Headers = JsonSerializer.Serialize(payload.Headers),
        };
    }

    private static SandboxEntry Entry(SandboxAccount account, SandboxEntryKind kind, SandboxPayload payload, SandboxMessage message, DateTimeOffset now) => new()
    {
        OrganizationId = account.OrganizationId,
        ChannelId = account.ChannelId,
        Kind = kind,
        At = now,
        ContactId = message.ContactId!,
        ContactName = message.ContactName,
        MessageId = payload.MessageId,
        Type = Names.Of(message.Type),
        Text = message.Type == SandboxMessageType.Button ? message.Choice!.Title : message.Text,
        AboutId = message.AboutId,
        Body = payload.Body,
        Headers = JsonSerializer.Serialize(payload.Headers),
    };

    private async Task<Result<Done>> TakeAsync(Actor actor, CancellationToken ct) =>
        await buckets.TakeAsync("sandbox", actor.OrganizationId.ToString(), Pace, ct) is { Taken: false } empty ? new Refusal.TooMany(empty.RetryAfter) : default(Done);

    /// <summary>Completes what the customer does, or says which input makes no sense.</summary>
    private async Task<Result<SandboxMessage>> CheckAsync(SandboxAccount account, SandboxMessage message, CancellationToken ct)
    {
        var platform = _platforms[account.Kind];
        if (Wrong(platform, message) is { } wrong)
        {
            return wrong;
        }

        var name = message.ContactName.Trim();
        await using var db = await dbs.OpenAsync(account.OrganizationId, ct);
        var entries = db.Set<SandboxEntry>().AsNoTracking().Where(e => e.ChannelId == account.ChannelId);
        var contactId = message.ContactId
            ?? await entries.Where(e => e.Kind == SandboxEntryKind.Inbound && e.ContactName == name).OrderByDescending(e => e.Id).Select(e => e.ContactId).FirstOrDefaultAsync(ct)
            ?? platform.NewContactId();
        var complete = message with { ContactName = name, ContactId = contactId };
        if (message.AboutId is not { } about)
        {
            return complete;
        }

        var target = await entries.Where(e => e.MessageId == about && e.ContactId == contactId && (e.Kind == SandboxEntryKind.Inbound || e.Kind == SandboxEntryKind.Send))
            .OrderBy(e => e.Id).FirstOrDefaultAsync(ct);
        if (target is null)
        {
            return new Refusal.Invalid("aboutId", "This customer has no message with this id.");
        }

        if (message.Type is SandboxMessageType.Edit or SandboxMessageType.Delete && target.Kind != SandboxEntryKind.Inbound)
        {
            return new Refusal.Invalid("aboutId", "A customer can change only what they wrote themselves.");
        }

        if (message.Type != SandboxMessageType.Button)
        {
            return complete;
        }

        var choices = target.Choices is null ? [] : JsonSerializer.Deserialize<List<SandboxChoice>>(target.Choices, JsonSerializerOptions.Web) ?? [];
        return choices.Find(c => c.Id == message.Choice!.Id) is { } choice
            ? complete with { Choice = choice }
            : new Refusal.Invalid("button", "The message has no such button.");
    }

    private static Refusal.Invalid? Wrong(ISandboxPlatform platform, SandboxMessage message) =>
        message.ContactName.Trim().Length is 0 or > 100 || message.ContactName.Any(char.IsControl) ? new("contact.name", "A name has 1 to 100 characters on one line.")
        : message.ContactId is { } id && platform.BadContactId(id) is { } badId ? new("contact.id", badId)
        : !platform.Types.Contains(message.Type) ? new("type", $"Known: {string.Join(", ", platform.Types.Select(Names.Of))}.")
        : message.Text is { Length: > SandboxMessage.MaxText } || message.Text?.Contains('\0', StringComparison.Ordinal) == true ? new("text", $"At most {SandboxMessage.MaxText} characters.")
        : message.Type is SandboxMessageType.Text or SandboxMessageType.Edit && string.IsNullOrWhiteSpace(message.Text) ? new("text", "Some words are needed.")
        : message.Type is SandboxMessageType.Reaction or SandboxMessageType.Button or SandboxMessageType.Edit or SandboxMessageType.Delete && message.AboutId is null ? new("aboutId", "The id of the message it is about is needed.")
        : message.Type == SandboxMessageType.Reaction && message.Text is { Length: > 32 } ? new("text", "One emoji, or nothing to take it back.")
        : message.Type == SandboxMessageType.Button && message.Choice is null ? new("button", "The id of the pressed button is needed.")
        : message.AgeSeconds is < 0 or > SandboxMessage.MaxAge ? new("ageSeconds", $"0 to {SandboxMessage.MaxAge}.")
        : message.Copies is < 1 or > 2 ? new("copies", "1 or 2.")
        : !(message.Latitude is >= -90 and <= 90) || !(message.Longitude is >= -180 and <= 180) ? new("location", "Degrees: -90 to 90 north, -180 to 180 east.")
        : null;
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;
using Omni.Core.Media;

namespace Omni.Core.Widget;

/// <summary>What a visitor does in the talk: writes, reads, types. Messages take the way of every platform's: stored first, applied by the channel's lane.</summary>
public sealed class WidgetMessages(IOmniDbFactory dbs, WebhookIntake intake, WidgetVisitors visitors, IWidgetReader reader, IEventBus bus, TimeProvider clock)
{
    /// <summary>Longest message, in characters.</summary>
    public const int MaxTextLength = 5_000;

    /// <summary>Most files of one message.</summary>
    public const int MaxFiles = 10;

    /// <summary>Takes a message.</summary>
    /// <returns>The client id, after the durable commit; also for a repeat of the same one, which then changes nothing.</returns>
    public async Task<Result<Guid>> PostAsync(WidgetSite site, WidgetVisitor visitor, VisitorMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(visitor);
        ArgumentNullException.ThrowIfNull(message);
        if (Refuse(site, visitor, message) is { } wrong)
        {
            return wrong;
        }

        if (!Answers(site, visitor, message).Succeeded(out var answers, out var refusal) || !(await FilesAsync(visitor, message.Attachments, ct)).Succeeded(out var files, out refusal))
        {
            return refusal;
        }

        visitor = await NoteAsync(visitor, answers, message, ct) ?? visitor;
        var body = WidgetPayload.Message(site, visitor, message, answers, files, clock.GetUtcNow());
        return (await intake.AcceptOwnAsync(site.Route, body, ct)).Succeeded(out _, out refusal) ? message.ClientId : refusal;
    }

    /// <summary>The visitor read up to a position: the team sees it on its messages.</summary>
    public async Task<Result<Done>> ReadAsync(WidgetSite site, WidgetVisitor visitor, long position, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(visitor);
        if (position < 0)
        {
            return new Refusal.Invalid("position", "The position of a message is expected.");
        }

        var read = await reader.UnreadAsync(visitor, position, ct);
        if (position > visitor.ReadPosition)
        {
            await visitors.ReadUpToAsync(visitor, position, ct);
        }

        return read.Count == 0 ? default(Done) : await intake.AcceptOwnAsync(site.Route, WidgetPayload.Status(site.SiteKey, "read", read, clock.GetUtcNow()), ct);
    }

    /// <summary>Tells the team that the visitor is writing, or stopped.</summary>
    public async Task TypingAsync(WidgetVisitor visitor, bool active, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        if (await reader.OpenTalkAsync(visitor.OrganizationId, visitor.ChannelId, visitor.ExternalId, ct) is { } talk)
        {
            bus.Publish([new ChangeEvent(
                visitor.OrganizationId, ChangeEvent.Conversation(talk.ConversationId), active ? EventNames.TypingStarted : EventNames.TypingStopped,
                new JsonObject { ["conversationId"] = talk.ConversationId, ["contactId"] = talk.ContactId, ["userId"] = talk.ContactId, ["displayName"] = talk.Name, ["note"] = false },
                clock.GetUtcNow())]);
        }
    }

    private static Refusal? Refuse(WidgetSite site, WidgetVisitor visitor, VisitorMessage message) =>
        message.ClientId == Guid.Empty ? new Refusal.Invalid("clientId", "A uuid is expected.")
        : string.IsNullOrWhiteSpace(message.Text) && message.Attachments.Count == 0 ? new Refusal.Invalid("text", "A message needs some text or a file.")
        : message.Text is { Length: > MaxTextLength } ? new Refusal.Invalid("text", $"A message has at most {MaxTextLength} characters.")
        : message.Text is { } text && !VisitorText.IsStorable(text) ? new Refusal.Invalid("text", "The text contains characters that cannot be stored (NUL or half of a character pair).")
        : message.Attachments.Count > MaxFiles ? new Refusal.Invalid("attachments", $"At most {MaxFiles} files.")
        : site.Settings.Identity.Required && visitor.Identifier is null ? new Refusal.Unauthenticated("This chat is for people who are signed in to the site.")
        : null;

    /// <summary>The answers to the owner's questions; others are dropped. The first message must answer what has to be answered.</summary>
    private static Result<Dictionary<string, string>> Answers(WidgetSite site, WidgetVisitor visitor, VisitorMessage message)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        var isFirst = visitor.WroteAt is null;
        foreach (var field in site.Settings.PreChat is { Enabled: true } asked ? asked.Fields : [])
        {
            var answer = VisitorText.Cut(message.Fields.GetValueOrDefault(field.Key), 500);
            if (answer is null)
            {
                if (field.Required && isFirst && !Knows(visitor, field.Key))
                {
                    return new Refusal.Invalid($"fields.{field.Key}", $"{field.Label}: an answer is expected.");
                }

                continue;
            }

            if (Unfit(field, answer) is { } expected)
            {
                return new Refusal.Invalid($"fields.{field.Key}", $"{field.Label}: {expected}");
            }

            answers[field.Key] = answer;
        }

        // The form for while nobody is there asks for an address on its own account.
        if (!answers.ContainsKey("email") && VisitorText.Cut(message.Fields.GetValueOrDefault("email"), 254) is { } email)
        {
            if (!EmailAddress.IsValid(email))
            {
                return new Refusal.Invalid("fields.email", "An e-mail address as name@example.com is expected.");
            }

            answers["email"] = email;
        }

        return message.Offline && site.Settings.Offline.Enabled && visitor.Email is null && !answers.ContainsKey("email")
            ? new Refusal.Invalid("fields.email", "An e-mail address is expected, so that the answer can reach you.")
            : answers;
    }

    private static bool Knows(WidgetVisitor visitor, string key) => key switch { "name" => visitor.Name is not null, "email" => visitor.Email is not null, _ => false };

    private static string? Unfit(WidgetField field, string answer) => field.Type switch
    {
        WidgetFieldType.Email when !EmailAddress.IsValid(answer) => "an e-mail address as name@example.com is expected.",
        WidgetFieldType.Phone when answer.Count(char.IsAsciiDigit) is < 4 or > 20 || answer.Any(c => !char.IsAsciiDigit(c) && !"+()-./ ".Contains(c, StringComparison.Ordinal)) => "a phone number is expected.",
        WidgetFieldType.Select when !field.Options.Contains(answer) => "one of the answers to choose from is expected.",
        _ => null,
    };

    private async Task<Result<List<Attachment>>> FilesAsync(WidgetVisitor visitor, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return new List<Attachment>();
        }

        await using var db = await dbs.OpenAsync(visitor.OrganizationId, ct);
        var owner = WidgetFiles.OwnerOf(visitor.Id);
        var files = await db.Attachments.AsNoTracking()
            .Where(a => ids.Contains(a.Id) && a.MessageId == null && a.ExternalId == owner && a.State == AttachmentState.Stored).ToListAsync(ct);
        return files.Count == ids.Distinct().Count()
            ? ids.Distinct().Select(id => files.Find(f => f.Id == id)!).ToList()
            : new Refusal.Invalid("attachments", "Each must be the id of a file that was uploaded here within a day.");
    }

    /// <summary>Keeps what the message tells of its writer.</summary>
    private async Task<WidgetVisitor?> NoteAsync(WidgetVisitor visitor, Dictionary<string, string> answers, VisitorMessage message, CancellationToken ct)
    {
        var page = VisitorText.Address(message.Page?.Url);
        if (visitor.WroteAt is not null && answers.Count == 0 && (page is null || page == visitor.PageUrl))
        {
            return null;
        }

        await using var db = await dbs.OpenAsync(visitor.OrganizationId, ct);
        if (await db.LockAsync<WidgetVisitor>(visitor.Id, ct) is not { } row)
        {
            return null;
        }

        row.WroteAt ??= clock.GetUtcNow();
        row.LastSeenAt = clock.GetUtcNow();
        row.Name = answers.GetValueOrDefault("name") is { } name ? VisitorText.Cut(name, 100) : row.Name;
        row.Email = answers.GetValueOrDefault("email") ?? row.Email;
        WidgetVisitors.Keep(row, answers.Where(a => a.Key is not ("name" or "email")).ToDictionary());
        (row.PageUrl, row.PageTitle) = page is null ? (row.PageUrl, row.PageTitle) : (page, VisitorText.Cut(message.Page?.Title, 300));
        await db.CommitAsync(ct);
        await visitors.TellAsync(row, ct);
        return row;
    }
}

/// <summary>A message as a visitor sends it.</summary>
/// <param name="ClientId">The browser's own id; a repeat changes nothing.</param>
/// <param name="Text">The words; null or empty with files.</param>
public sealed record VisitorMessage(Guid ClientId, string? Text)
{
    /// <summary>Ids of uploaded files.</summary>
    public IReadOnlyList<Guid> Attachments { get; init; } = [];

    /// <summary>Answers to the questions before the first message.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();

    /// <summary>True when it was written in the form for while nobody is there.</summary>
    public bool Offline { get; init; }

    /// <summary>The open page.</summary>
    public VisitorPage? Page { get; init; }
}

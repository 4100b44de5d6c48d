using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;

namespace Omni.Core.Widget;

/// <summary>Letters to visitors: replies that did not reach their page, and transcripts. Each waits as a row until a mail server took it.</summary>
public sealed class WidgetLetters(IOmniDbFactory dbs, IWidgetReader reader, IMailer mailer, TimeProvider clock)
{
    /// <summary>After so many tries a letter is given up.</summary>
    public const int MaxAttempts = 5;

    private const int MostMessages = 200;

    /// <summary>False when no mail server is set up.</summary>
    public bool CanMail => mailer.IsConfigured;

    /// <summary>Takes the order to mail the talk.</summary>
    public async Task<Result<Done>> OrderTranscriptAsync(WidgetSite site, WidgetVisitor visitor, string? email, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(visitor);
        if (!site.Settings.Transcript)
        {
            return new Refusal.Conflict("This chat does not mail transcripts.");
        }

        if (!mailer.IsConfigured)
        {
            return new Refusal.Conflict("The talk cannot be mailed at the moment: no mail server is set up here.");
        }

        if (!EmailAddress.IsValid(email?.Trim()))
        {
            return new Refusal.Invalid("email", "An e-mail address as name@example.com is expected.");
        }

        await using var db = await dbs.OpenAsync(site.OrganizationId, ct);
        db.Set<WidgetLetter>().Add(new WidgetLetter(site.OrganizationId, site.ChannelId, visitor.Id, clock.GetUtcNow()) { Email = email!.Trim() });
        await db.CommitAsync(ct);
        return default(Done);
    }

    /// <summary>Hands a letter that is due to the mail server, unless it is no longer needed.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="letterId">The letter.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task SendAsync(Guid organizationId, Guid letterId, CancellationToken ct)
    {
        if (await ComposeAsync(organizationId, letterId, ct) is { } mail)
        {
            mailer.Enqueue(mail);
        }
        else
        {
            await SettleAsync(organizationId, letterId, ct);
        }
    }

    private async Task<Mail?> ComposeAsync(Guid organizationId, Guid letterId, CancellationToken ct)
    {
        WidgetLetter? letter;
        WidgetVisitor visitor;
        Channel? channel;
        string name;
        await using (var db = await dbs.OpenAsync(organizationId, ct))
        {
            letter = await db.Set<WidgetLetter>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == letterId, ct);
            if (letter is null || letter.SettledAt is not null || letter.Attempts > MaxAttempts || !mailer.IsConfigured)
            {
                return null;
            }

            visitor = await db.Set<WidgetVisitor>().AsNoTracking().SingleAsync(v => v.Id == letter.VisitorId, ct);
            channel = await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == letter.ChannelId && c.DeletedAt == null, ct);
            name = await db.Organizations.Where(o => o.Id == organizationId).Select(o => o.Name).SingleAsync(ct);
        }

        if (channel is null)
        {
            return null;
        }

        var text = letter.MessageId is { } message ? await ReplyAsync(letter, message, channel, visitor, name, ct) : await TranscriptAsync(visitor, name, ct);
        return text is null ? null : new Mail(
            letter.Email,
            OneLine(letter.MessageId is null ? $"Your talk with {name}" : $"{name} answered you"),
            text,
            settled => SettleAsync(organizationId, letterId, settled));
    }

    /// <summary>The letter for one reply; null when the reply reached the page or was taken back.</summary>
    private async Task<string?> ReplyAsync(WidgetLetter letter, Guid messageId, Channel channel, WidgetVisitor visitor, string name, CancellationToken ct)
    {
        var change = (await reader.ChangedAsync(letter.OrganizationId, letter.ChannelId, [messageId], ct)).SingleOrDefault();
        if (change?.Message is not { Status: MessageStatus.Sent, DeletedAt: null } message)
        {
            return null;
        }

        // Only a page of the owner's own sites: anybody could have told any other.
        var page = visitor.PageUrl is { } url && WidgetOrigins.Allows(new Uri(url).GetLeftPart(UriPartial.Authority), WidgetSettings.Stored(channel.Settings).Sites) ? url : null;
        return $"""
            {OneLine(message.Author?.Name ?? name)} of {OneLine(name)} wrote:

            {Words(message)}

            You can go on in the chat{(page is null ? " on the website." : $": {page}")}
            This letter was sent because you left your address there. Nobody reads answers to it.
            """;
    }

    private async Task<string?> TranscriptAsync(WidgetVisitor visitor, string name, CancellationToken ct)
    {
        var (rows, more) = await reader.PageAsync(visitor, null, null, MostMessages, ct);
        if (rows.Count == 0)
        {
            return null;
        }

        var zone = WidgetHours.Zone(visitor.TimeZone);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Your talk with {OneLine(name)} ({zone.Id}):").AppendLine();
        if (more)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"The newest {rows.Count} messages:").AppendLine();
        }

        foreach (var message in rows.Where(m => m.DeletedAt is null))
        {
            var who = message.IsVisitors ? visitor.Name ?? "You" : message.Author?.Name ?? name;
            text.AppendLine(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(message.At, zone):yyyy-MM-dd HH:mm}  {OneLine(who)}").AppendLine(Words(message)).AppendLine();
        }

        return text.ToString();
    }

    private static string Words(WidgetMessage message) =>
        string.Join('\n', message.Attachments.Select(a => $"[File: {a.Name ?? a.Type}]").Prepend(message.Text ?? "").Where(line => line.Length > 0));

    private async Task SettleAsync(Guid organizationId, Guid letterId, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(organizationId, ct);
        await db.Set<WidgetLetter>().Where(l => l.Id == letterId).ExecuteUpdateAsync(l => l.SetProperty(x => x.SettledAt, clock.GetUtcNow()), ct);
        await db.CommitAsync(ct);
    }

    // Names are typed by people: a line break in a subject would begin another header.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

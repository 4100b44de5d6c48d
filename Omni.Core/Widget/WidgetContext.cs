using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Widget;

/// <summary>Tells the team what is known of the visitor behind a conversation.</summary>
public sealed class WidgetContext(IOmniDbFactory dbs, WidgetLetters letters)
{
    /// <summary>The browser the person used last on a chat; null when there is none any more.</summary>
    public async Task<WidgetContextView?> FindAsync(Actor actor, Guid channelId, Guid contactId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var people = db.ContactIdentities.Where(i => i.ContactId == contactId && i.ChannelId == channelId).Select(i => i.ExternalId);
        var visitor = await db.Set<WidgetVisitor>().AsNoTracking()
            .Where(v => v.ChannelId == channelId && people.Contains(v.ExternalId)).OrderByDescending(v => v.LastSeenAt).FirstOrDefaultAsync(ct);
        return visitor is null ? null : new WidgetContextView(
            visitor.Name, visitor.Email, visitor.Identifier, visitor.PageUrl, visitor.PageTitle, visitor.Referrer, visitor.Browser, visitor.Language, visitor.TimeZone,
            JsonSerializer.Deserialize<SortedDictionary<string, string>>(visitor.Attributes) ?? [], visitor.LastSeenAt, letters.CanMail);
    }
}

/// <summary>What is known of a visitor.</summary>
/// <param name="Name">Name as the person or the site gave it.</param>
/// <param name="Email">E-mail address as the person or the site gave it.</param>
/// <param name="Identifier">The site's proved id of the person; null while nobody proved one.</param>
/// <param name="PageUrl">The page that is or was open.</param>
/// <param name="PageTitle">Its title.</param>
/// <param name="Referrer">Where the person came from.</param>
/// <param name="Browser">Browser and system in short.</param>
/// <param name="Language">Language of the browser.</param>
/// <param name="TimeZone">Time zone of the browser.</param>
/// <param name="Attributes">What the site told and the person answered, by name.</param>
/// <param name="LastSeenAt">When the page was open last (UTC).</param>
/// <param name="CanMail">False when no mail server is set up.</param>
public sealed record WidgetContextView(
    string? Name, string? Email, string? Identifier, string? PageUrl, string? PageTitle, string? Referrer, string? Browser, string? Language, string? TimeZone,
    IReadOnlyDictionary<string, string> Attributes, DateTimeOffset LastSeenAt, bool CanMail)
{
    /// <summary>True while the page is open.</summary>
    public bool IsHere(DateTimeOffset now) => now - LastSeenAt < WidgetVisitor.StaysFor;
}

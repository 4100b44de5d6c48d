using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Events;
using Omni.Core.Identity;

namespace Omni.Core.Widget;

/// <summary>Visitors of website chats: gives them tokens, knows them again, takes in what their pages tell, and joins browsers of a person whom the site named.</summary>
public sealed class WidgetVisitors(
    IOmniDbFactory dbs, IChannelCredentials credentials, IWidgetReader reader, WidgetPeople people, IEventBus bus, TimeProvider clock)
{
    private static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(1);

    private static Refusal BadToken => new Refusal.Unauthenticated("This visitor is not known here.") { Code = ErrorCode.TokenInvalid };

    /// <summary>The visitor of a token.</summary>
    /// <returns>The visitor, or a refusal when the token belongs to another site or to nobody.</returns>
    public async Task<Result<WidgetVisitor>> FindAsync(WidgetSite site, string? token, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        if (token is not { Length: < 100 } || !token.StartsWith(WidgetKeys.VisitorToken, StringComparison.Ordinal))
        {
            return BadToken;
        }

        var hash = Tokens.Hash(token);
        await using var db = await dbs.OpenAsync(site.OrganizationId, ct);
        return await db.Set<WidgetVisitor>().AsNoTracking().SingleOrDefaultAsync(v => v.ChannelId == site.ChannelId && v.TokenHash == hash, ct) is { } visitor
            ? visitor
            : BadToken;
    }

    /// <summary>Takes in a visitor whose panel opened: a new one gets a token, a known one is updated.</summary>
    /// <param name="site">The chat.</param>
    /// <param name="token">The browser's token; null for a new visitor.</param>
    /// <param name="draft">What the page tells.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<VisitorStart>> BeginAsync(WidgetSite site, string? token, VisitorDraft draft, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(draft);
        WidgetVisitor? known = null;
        if (!string.IsNullOrEmpty(token) && !(await FindAsync(site, token, ct)).Succeeded(out known, out var refusal))
        {
            return refusal;
        }

        if (draft.Check() is { } wrong)
        {
            return wrong;
        }

        if (!draft.Texts().Succeeded(out var attributes, out refusal) || !(await ProveAsync(site, draft, ct)).Succeeded(out _, out refusal))
        {
            return refusal;
        }

        if (site.Settings.Identity.Required && draft.Identifier is null && known?.Identifier is null)
        {
            return new Refusal.Unauthenticated("This chat is for people who are signed in to the site.");
        }

        // Somebody else signed in to the site in this browser: they must not see the first person's talk.
        var isOther = draft.Identifier is not null && known?.Identifier is { } before && before != draft.Identifier;
        return known is null || isOther ? await CreateAsync(site, draft, attributes, ct) : await UpdateAsync(site, known.Id, draft, attributes, ct);
    }

    /// <summary>Notes that a visitor's page is open; tells the team when it was closed before.</summary>
    public async Task ComeAsync(WidgetVisitor visitor, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        if (clock.GetUtcNow() - visitor.LastSeenAt > SeenStep / 2)
        {
            await TouchAsync(visitor.OrganizationId, [visitor.Id], ct);
            await TellAsync(visitor, ct);
        }
    }

    /// <summary>Moves a visitor's read mark forward.</summary>
    internal async Task ReadUpToAsync(WidgetVisitor visitor, long position, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(visitor.OrganizationId, ct);
        await db.Set<WidgetVisitor>().Where(v => v.Id == visitor.Id && v.ReadPosition < position).ExecuteUpdateAsync(v => v.SetProperty(x => x.ReadPosition, position), ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Notes that visitors are still there, at most once a minute each.</summary>
    internal async Task TouchAsync(Guid organizationId, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbs.OpenAsync(organizationId, ct);
        await db.Set<WidgetVisitor>().Where(v => ids.Contains(v.Id) && v.LastSeenAt < now - SeenStep / 2).ExecuteUpdateAsync(v => v.SetProperty(x => x.LastSeenAt, now), ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Tells pages of the team that something about a visitor changed.</summary>
    internal async Task TellAsync(WidgetVisitor visitor, CancellationToken ct)
    {
        var talk = await reader.OpenTalkAsync(visitor.OrganizationId, visitor.ChannelId, visitor.ExternalId, ct);
        bus.Publish([new ChangeEvent(
            visitor.OrganizationId,
            talk is { } open ? ChangeEvent.Conversation(open.ConversationId) : ChangeEvent.Organization,
            EventNames.VisitorChanged,
            new JsonObject { ["channelId"] = visitor.ChannelId, ["visitorId"] = visitor.Id, ["person"] = visitor.ExternalId, ["conversationId"] = talk?.ConversationId },
            clock.GetUtcNow())]);
    }

    private async Task<Result<Done>> ProveAsync(WidgetSite site, VisitorDraft draft, CancellationToken ct)
    {
        if (draft.Identifier is not { } identifier)
        {
            return default(Done);
        }

        var access = await credentials.OpenAsync(site.OrganizationId, site.ChannelId, ct);
        return access?.Credentials.TryGetValue(CredentialNames.IdentitySecret, out var secret) == true && WidgetKeys.Proves(secret, identifier, draft.Hmac)
            ? default(Done)
            : new Refusal.Unauthenticated("The HMAC does not prove this identifier.") { Code = ErrorCode.CredentialsWrong };
    }

    private async Task<Result<VisitorStart>> CreateAsync(WidgetSite site, VisitorDraft draft, Dictionary<string, string> attributes, CancellationToken ct)
    {
        var token = Tokens.New(WidgetKeys.VisitorToken);
        var visitor = new WidgetVisitor(site.OrganizationId, site.ChannelId, clock.GetUtcNow()) { TokenHash = Tokens.Hash(token), ExternalId = "" };
        visitor.ExternalId = draft.Identifier is { } identifier ? WidgetVisitor.ExternalIdOf(identifier) : visitor.Id.ToString();
        visitor.Identifier = draft.Identifier;
        Apply(visitor, draft, attributes);
        await using (var db = await dbs.OpenAsync(site.OrganizationId, ct))
        {
            db.Set<WidgetVisitor>().Add(visitor);
            await db.CommitAsync(ct);
        }

        return await StartAsync(visitor, token, ct);
    }

    private async Task<Result<VisitorStart>> UpdateAsync(WidgetSite site, Guid id, VisitorDraft draft, Dictionary<string, string> attributes, CancellationToken ct)
    {
        WidgetVisitor? visitor;
        await using (var db = await dbs.OpenAsync(site.OrganizationId, ct))
        {
            visitor = await db.LockAsync<WidgetVisitor>(id, ct);
            if (visitor is null)
            {
                return BadToken;
            }

            Apply(visitor, draft, attributes);
            await db.CommitAsync(ct);
        }

        if (draft.Identifier is { } identifier && visitor.Identifier is null)
        {
            // What was joined stays joined when this breaks off: the page says who it is with its next call.
            var person = WidgetVisitor.ExternalIdOf(identifier);
            if (!(await people.JoinAsync(site, visitor.ExternalId, person, ct)).Succeeded(out _, out var refusal))
            {
                return refusal;
            }

            await using var db = await dbs.OpenAsync(site.OrganizationId, ct);
            if (await db.LockAsync<WidgetVisitor>(id, ct) is not { } row)
            {
                return BadToken;
            }

            (row.Identifier, row.ExternalId) = (identifier, person);
            await db.CommitAsync(ct);
            visitor = row;
        }

        await TellAsync(visitor, ct);
        return await StartAsync(visitor, null, ct);
    }

    private async Task<Result<VisitorStart>> StartAsync(WidgetVisitor visitor, string? token, CancellationToken ct)
    {
        var (unread, last) = await reader.CountAsync(visitor, ct);
        return new VisitorStart(visitor, token, unread, last);
    }

    private void Apply(WidgetVisitor visitor, VisitorDraft draft, Dictionary<string, string> attributes)
    {
        visitor.Name = VisitorText.Cut(draft.Name, 100) ?? visitor.Name;
        visitor.Email = VisitorText.Cut(draft.Email, 254) ?? visitor.Email;
        Keep(visitor, attributes);
        if (VisitorText.Address(draft.Page?.Url) is { } page)
        {
            (visitor.PageUrl, visitor.PageTitle) = (page, VisitorText.Cut(draft.Page?.Title, 300));
        }

        visitor.Referrer = VisitorText.Address(draft.Referrer) ?? visitor.Referrer;
        visitor.Browser = VisitorText.Cut(draft.Browser, 100) ?? visitor.Browser;
        visitor.Language = VisitorText.Cut(draft.Language, 20) ?? visitor.Language;
        visitor.TimeZone = VisitorText.Cut(draft.TimeZone, 60) ?? visitor.TimeZone;
        visitor.LastSeenAt = clock.GetUtcNow();
    }

    /// <summary>Adds to what is known of a visitor; an empty value removes.</summary>
    internal static void Keep(WidgetVisitor visitor, IReadOnlyDictionary<string, string> attributes)
    {
        if (attributes.Count == 0)
        {
            return;
        }

        var all = JsonSerializer.Deserialize<Dictionary<string, string>>(visitor.Attributes) ?? [];
        foreach (var (name, value) in attributes)
        {
            if (value.Length == 0)
            {
                all.Remove(name);
            }
            else if (all.ContainsKey(name) || all.Count < 60)
            {
                all[name] = value;
            }
        }

        visitor.Attributes = JsonSerializer.Serialize(all);
    }
}

/// <summary>A visitor who just came.</summary>
/// <param name="Visitor">The visitor.</param>
/// <param name="Token">The token; only for a new visitor.</param>
/// <param name="Unread">Messages of the team that were not read.</param>
/// <param name="LastPosition">Position of the newest message; 0 without one.</param>
public sealed record VisitorStart(WidgetVisitor Visitor, string? Token, int Unread, long LastPosition);

using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;

namespace Omni.Core.Tenancy;

/// <summary>The organizations of a person, and the settings of the one they work in.</summary>
public sealed class OrganizationService(IOmniDbFactory dbs, SessionHints hints, TimeProvider clock)
{
    /// <summary>Where the person belongs, suspended organizations included.</summary>
    public async Task<Result<IReadOnlyList<OrganizationView>>> ListAsync(SessionState me, CancellationToken ct)
    {
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        return await (
            from m in db.Memberships
            join o in db.Organizations on m.OrganizationId equals o.Id
            where m.UserId == me.UserId && (me.Kind != SessionKind.PersonalToken || o.Id == me.OrganizationId)
            orderby o.Name, o.Id
            select new OrganizationView(o, m.Role)).ToListAsync(ct);
    }

    /// <summary>A new organization, owned by the person. Where registration is by invitation, only administrators of the installation make them.</summary>
    public async Task<Result<OrganizationView>> CreateAsync(SessionState me, string? name, bool openToAll, CancellationToken ct)
    {
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        if (me.Scopes is not null || (!openToAll && !me.IsInstallationAdministrator))
        {
            return new Refusal.Forbidden("Only an administrator of the installation may add organizations here.");
        }

        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > 200)
        {
            return new Refusal.Invalid("name", "A name, at most 200 characters.");
        }

        var now = clock.GetUtcNow();
        var organization = new Organization(name.Trim(), "", now);
        await using var db = await dbs.OpenAsync(organization.Id, ct);
        organization.Slug = await Slugs.FreeAsync(db, organization.Name, ct);
        db.Organizations.Add(organization);
        db.Memberships.Add(new Membership(organization.Id, me.UserId, MemberRole.Owner, now));
        await db.SaveChangesAsync(ct);
        db.Record(new Actor(me.UserId, organization.Id, MemberRole.Owner, me.SessionId) { Address = me.Address }, "organization.created", $"organization:{organization.Id}", now);
        await db.CommitAsync(ct);
        hints.Changed(me.UserId, []);
        return new OrganizationView(organization, MemberRole.Owner);
    }

    /// <summary>The organization the actor works in.</summary>
    public async Task<Result<OrganizationView>> CurrentAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return new OrganizationView(await db.Organizations.AsNoTracking().SingleAsync(o => o.Id == actor.OrganizationId, ct), actor.Role);
    }

    /// <summary>Changes the organization's settings; null leaves a value as it is, an empty text takes an optional one away.</summary>
    public async Task<Result<OrganizationView>> ChangeAsync(Actor actor, OrganizationChange change, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (change.Check() is { } wrong)
        {
            return wrong;
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var organization = await db.Organizations.SingleAsync(o => o.Id == actor.OrganizationId, ct);
        organization.Name = change.Name?.Trim() ?? organization.Name;
        organization.TimeZone = change.TimeZone ?? organization.TimeZone;
        organization.Locale = change.Locale ?? organization.Locale;
        organization.ThemeMode = change.ThemeMode ?? organization.ThemeMode;
        organization.PrimaryColor = change.PrimaryColor is { } color ? (color.Length == 0 ? null : color.ToLowerInvariant()) : organization.PrimaryColor;
        db.Record(actor, "organization.changed", $"organization:{organization.Id}", clock.GetUtcNow(), change);
        await db.CommitAsync(ct);
        return new OrganizationView(organization, actor.Role);
    }

    /// <summary>How much the organization uses.</summary>
    public async Task<Result<OrganizationUsage>> UsageAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        var now = clock.GetUtcNow();
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return new OrganizationUsage(
            month,
            await db.Memberships.CountAsync(m => m.OrganizationId == actor.OrganizationId, ct),
            await db.Channels.CountAsync(ct),
            await db.Contacts.CountAsync(ct),
            await db.Conversations.CountAsync(ct),
            await db.Messages.CountAsync(m => m.CreatedAt >= month, ct));
    }
}

/// <summary>An organization with the role of whoever looks.</summary>
/// <param name="Organization">The organization.</param>
/// <param name="Role">The role.</param>
public sealed record OrganizationView(Organization Organization, MemberRole Role);

/// <summary>What an organization uses.</summary>
/// <param name="Since">Beginning of the counted month (UTC).</param>
/// <param name="Members">People.</param>
/// <param name="Channels">Connected accounts.</param>
/// <param name="Contacts">Customers.</param>
/// <param name="Conversations">Conversations, all of them.</param>
/// <param name="Messages">Messages of the month.</param>
public sealed record OrganizationUsage(DateTimeOffset Since, int Members, int Channels, int Contacts, int Conversations, int Messages);

/// <summary>New values of an organization's settings.</summary>
/// <param name="Name">Name.</param>
/// <param name="TimeZone">IANA time zone.</param>
/// <param name="Locale">Language and region.</param>
/// <param name="PrimaryColor">Main colour as <c>#rrggbb</c>.</param>
/// <param name="ThemeMode">light, dark or auto.</param>
public sealed record OrganizationChange(string? Name, string? TimeZone, string? Locale, string? PrimaryColor, string? ThemeMode)
{
    /// <summary>What is wrong; null when nothing is.</summary>
    internal Refusal? Check() => this switch
    {
        { Name: { } name } when string.IsNullOrWhiteSpace(name) || name.Trim().Length > 200 => new Refusal.Invalid("name", "A name, at most 200 characters."),
        { TimeZone: { } zone } when !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) => new Refusal.Invalid("timeZone", "A time zone such as Europe/Oslo."),
        { Locale: { } locale } when !IsLocale(locale) => new Refusal.Invalid("locale", "A language such as en or nb-NO."),
        { PrimaryColor: { Length: > 0 } color } when !BrandColors.IsColor(color) => new Refusal.Invalid("theme.primaryColor", "A colour such as #3b5bdb."),
        { ThemeMode: { } mode } when mode is not ("light" or "dark" or "auto") => new Refusal.Invalid("theme.mode", "light, dark or auto."),
        _ => null,
    };

    private static bool IsLocale(string name)
    {
        try
        {
            return name.Length is > 1 and < 20 && System.Globalization.CultureInfo.GetCultureInfo(name, predefinedOnly: true).Name.Length > 0;
        }
        catch (System.Globalization.CultureNotFoundException)
        {
            return false;
        }
    }
}

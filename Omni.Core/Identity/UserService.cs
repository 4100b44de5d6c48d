using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Notifications;
using Omni.Core.Tenancy;

namespace Omni.Core.Identity;

/// <summary>A person's own profile, and the colleagues they may see.</summary>
public sealed class UserService(IOmniDbFactory dbs, LinkService links, SessionHints hints)
{
    private const int MaxSettings = 16_384;

    /// <summary>The account of a session.</summary>
    public async Task<Result<User>> MeAsync(SessionState me, CancellationToken ct)
    {
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        return await db.Users.AsNoTracking().SingleAsync(u => u.Id == me.UserId, ct);
    }

    /// <summary>Changes name, username or e-mail address; null leaves a value as it is. A new address must be proved again.</summary>
    public async Task<Result<User>> ChangeAsync(SessionState me, string? displayName, string? username, string? email, CancellationToken ct)
    {
        var wrong = this switch
        {
            _ when displayName is not null && (string.IsNullOrWhiteSpace(displayName) || displayName.Trim().Length > 100) => new Refusal.Invalid("displayName", "A name, at most 100 characters."),
            _ when username is not null && !Registration.UsernamePattern().IsMatch(username) => new Refusal.Invalid("username", "3 to 30 letters, digits, dots, hyphens or underscores, beginning with a letter."),
            _ when email is not null && !EmailAddress.IsValid(email.Trim()) => new Refusal.Invalid("email", "An e-mail address such as name@example.com."),
            _ => null,
        };
        if (wrong is not null)
        {
            return wrong;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.SingleAsync(u => u.Id == me.UserId, ct);
        var moved = email is not null && EmailAddress.Normalize(email) != user.NormalizedEmail;
        user.DisplayName = displayName?.Trim() ?? user.DisplayName;
        user.UserName = username ?? user.UserName;
        user.NormalizedUserName = user.UserName!.ToUpperInvariant();
        if (moved)
        {
            (user.Email, user.NormalizedEmail, user.EmailConfirmed) = (email!.Trim(), EmailAddress.Normalize(email), false);
        }

        try
        {
            await db.CommitAsync(ct);
        }
        catch (DbUpdateException taken) when (taken.IsDuplicate())
        {
            return new Refusal.Conflict("Somebody else uses this e-mail address or username.");
        }

        hints.Changed(me.UserId, []);
        if (moved)
        {
            await links.SendAsync(user, OneTimePurpose.VerifyEmail, ct);
        }

        return user;
    }

    /// <summary>Merges members into the personal settings; null as a member's value removes it.</summary>
    public async Task<Result<JsonObject>> ChangeSettingsAsync(SessionState me, JsonObject change, CancellationToken ct)
    {
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        if ((Preferences.Check(change) ?? NotificationSettings.Read(change[NotificationSettings.Member]).Refusal) is { } wrong)
        {
            return wrong;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.SingleAsync(u => u.Id == me.UserId, ct);
        var settings = SettingsOf(user);
        foreach (var (name, value) in change)
        {
            settings.Remove(name);
            if (value is not null)
            {
                settings[name] = value.DeepClone();
            }
        }

        user.Settings = settings.ToJsonString();
        if (user.Settings.Length > MaxSettings)
        {
            return new Refusal.Invalid("settings", $"At most {MaxSettings} characters of settings.");
        }

        await db.CommitAsync(ct);
        return settings;
    }

    /// <summary>The personal settings of an account.</summary>
    public static JsonObject SettingsOf(User user) => JsonNode.Parse(user.Settings) as JsonObject ?? [];

    /// <summary>A colleague: somebody who belongs to the actor's organization.</summary>
    public async Task<Result<User>> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var user = await Colleagues(db, actor).SingleOrDefaultAsync(u => u.Id == id, ct);
        return user is null ? new Refusal.NotFound("The person") : user;
    }

    /// <summary>Colleagues whose name, username or e-mail address contains <paramref name="words"/>; at most 50.</summary>
    public async Task<Result<IReadOnlyList<User>>> SearchAsync(Actor actor, string? words, CancellationToken ct)
    {
        var part = (words ?? "").Trim().ToUpperInvariant();
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await Colleagues(db, actor)
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // translated to SQL's upper()
            .Where(u => u.DisplayName.ToUpper().Contains(part) || u.NormalizedUserName!.Contains(part) || u.NormalizedEmail!.Contains(part))
#pragma warning restore CA1304, CA1311, CA1862, MA0011
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(50).ToListAsync(ct);
    }

    /// <summary>Everything that is stored about the person's account, for taking along.</summary>
    public async Task<Result<JsonObject>> ExportAsync(SessionState me, CancellationToken ct)
    {
        if (me.Refusal is { } ended)
        {
            return ended;
        }

        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == me.UserId, ct);
        var sessions = await db.Set<Session>().AsNoTracking().Where(s => s.UserId == me.UserId).OrderBy(s => s.CreatedAt)
            .Select(s => new { s.Id, kind = Names.Of(s.Kind), s.Device, s.Address, s.CreatedAt, s.LastSeenAt, s.ExpiresAt, s.RevokedAt }).ToListAsync(ct);
        var logins = await db.Set<Microsoft.AspNetCore.Identity.IdentityUserLogin<Guid>>().Where(l => l.UserId == me.UserId).Select(l => l.LoginProvider).ToListAsync(ct);
        return (JsonObject)JsonSerializer.SerializeToNode(
            new
            {
                user.Id,
                username = user.UserName,
                user.DisplayName,
                user.Email,
                emailVerified = user.EmailConfirmed,
                user.CreatedAt,
                settings = SettingsOf(user),
                organizations = me.Places.Select(p => new { id = p.OrganizationId, p.Name, role = Names.Of(p.Role) }),
                signInWith = logins,
                sessions,
            },
            JsonSerializerOptions.Web)!;
    }

    private static IQueryable<User> Colleagues(IOmniDb db, Actor actor) =>
        from u in db.Users.AsNoTracking()
        where db.Memberships.Any(m => m.OrganizationId == actor.OrganizationId && m.UserId == u.Id)
        select u;
}

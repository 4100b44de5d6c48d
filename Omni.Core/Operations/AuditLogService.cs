using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Tenancy;

namespace Omni.Core.Operations;

/// <summary>Shows administrators who did what in their organization.</summary>
public sealed class AuditLogService(IOmniDbFactory dbs)
{
    /// <summary>A page of entries, newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="action">Only this action or, when it ends with a dot, all that begin with it; null for all.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">Rows asked for.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Result<Page<AuditLine>>> ListAsync(Actor actor, string? action, string? cursor, int? limit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        DateTimeOffset at = default;
        Guid id = default;
        if (cursor is not null && !Cursor.TryRead(cursor, out at, out id))
        {
            return new Refusal.Invalid("cursor", "This cursor is not from here. Start without one.");
        }

        var take = Cursor.Limit(limit);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var entries = db.AuditLog.AsNoTracking();
        if (cursor is not null)
        {
            entries = entries.Where(e => e.At < at || (e.At == at && e.Id < id));
        }

        if (action is not null)
        {
            entries = action.EndsWith('.') ? entries.Where(e => e.Action.StartsWith(action)) : entries.Where(e => e.Action == action);
        }

        var rows = await entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(take + 1).ToListAsync(ct);
        var people = rows.Where(e => e.UserId is not null).Select(e => e.UserId!.Value).Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        var lines = rows.Take(take).Select(e => new AuditLine(e, e.UserId is { } user ? names.GetValueOrDefault(user) : null));
        return new Page<AuditLine>([.. lines], rows.Count > take ? Cursor.Write(rows[take - 1].At, rows[take - 1].Id) : null, take);
    }
}

/// <summary>An entry with the name of who did it.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="UserName">Name of the person; null for the program itself and for people who are gone.</param>
public sealed record AuditLine(AuditEntry Entry, string? UserName);

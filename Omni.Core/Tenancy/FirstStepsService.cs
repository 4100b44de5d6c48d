using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Channels;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Tenancy;

/// <inheritdoc cref="IFirstSteps"/>
public sealed class FirstStepsService(IOmniDbFactory dbs) : IFirstSteps
{
    private const string HiddenName = "firstStepsHidden";

    /// <inheritdoc/>
    public async Task<Result<FirstSteps>> ReadAsync(Actor actor, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == actor.UserId, ct);
        return await ReadAsync(db, actor, user is not null && Hidden(user).Contains(actor.OrganizationId), ct);
    }

    /// <inheritdoc/>
    public async Task<Result<FirstSteps>> HideAsync(Actor actor, bool isHidden, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var user = await db.Users.SingleAsync(u => u.Id == actor.UserId, ct);
        var hidden = Hidden(user).Where(id => id != actor.OrganizationId).Concat(isHidden ? [actor.OrganizationId] : []);
        var settings = UserService.SettingsOf(user);
        settings[HiddenName] = new JsonArray([.. hidden.Select(id => (JsonNode)id.ToString())]);
        user.Settings = settings.ToJsonString();
        var steps = await ReadAsync(db, actor, isHidden, ct);
        await db.CommitAsync(ct);
        return steps;
    }

    private static async Task<FirstSteps> ReadAsync(IOmniDb db, Actor actor, bool isHidden, CancellationToken ct)
    {
        var channels = db.Channels.Where(c => !c.Sandbox && c.DeletedAt == null);
        var play = db.Channels.Where(c => c.Sandbox).Select(c => c.Id);
        return new FirstSteps(
            await channels.AnyAsync(ct),
            await channels.AnyAsync(c => c.Kind == ChannelKind.Widget, ct),
            await db.Conversations.AnyAsync(c => play.Contains(c.ChannelId), ct),
            await db.Memberships.AnyAsync(m => m.OrganizationId == actor.OrganizationId && m.UserId != actor.UserId, ct) || await db.Set<Invitation>().AnyAsync(ct),
            isHidden);
    }

    private static HashSet<Guid> Hidden(User user) => UserService.SettingsOf(user)[HiddenName] is JsonArray ids
        ? [.. ids.Select(i => Guid.TryParse(i?.ToString(), out var id) ? id : Guid.Empty)]
        : [];
}

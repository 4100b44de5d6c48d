using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Media;

/// <summary>PictureStore of people.</summary>
public sealed partial class AvatarService(IOmniDbFactory dbs, PictureStore pictures)
{
    /// <summary>Replaces the actor's picture.</summary>
    /// <returns>Its address.</returns>
    public async Task<Result<string>> ReplaceAsync(Actor actor, Stream content, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(content);
        if (!(await pictures.SaveAsync(content, ct)).Succeeded(out var key, out var refusal))
        {
            return refusal;
        }

        var url = $"/avatars/{actor.UserId}/{key}";
        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.SingleAsync(u => u.Id == actor.UserId, ct);
        var old = user.AvatarUrl;
        user.AvatarUrl = url;
        await db.CommitAsync(ct);
        if (old is not null && OwnAddress().Match(old) is { Success: true } match)
        {
            await pictures.RemoveAsync(match.Groups["key"].Value, ct);
        }

        return url;
    }

    /// <summary>Opens the picture of a member of the actor's organization, or the actor's own.</summary>
    public async Task<Result<MediaFile>> OpenAsync(Actor actor, Guid userId, string key, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var url = $"/avatars/{userId}/{key}";
        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            if (!OwnAddress().IsMatch(url) || !await db.Users.AnyAsync(
                u => u.Id == userId && u.AvatarUrl == url && (u.Id == actor.UserId || db.Memberships.Any(m => m.OrganizationId == actor.OrganizationId && m.UserId == userId)), ct))
            {
                return new Refusal.NotFound("The picture");
            }
        }

        return await pictures.OpenAsync(key, "avatar", ct) is { } file ? file : new Refusal.NotFound("The picture");
    }

    [GeneratedRegex("^/avatars/[0-9a-f-]{36}/(?<key>[0-9a-f]{40})$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnAddress();
}

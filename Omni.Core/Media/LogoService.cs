using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Operations;
using Omni.Core.Tenancy;

namespace Omni.Core.Media;

/// <summary>Logos of organizations.</summary>
public sealed partial class LogoService(IOmniDbFactory dbs, PictureStore pictures, MediaService media, TimeProvider clock)
{
    /// <summary>Replaces the logo of the actor's organization.</summary>
    /// <returns>Its address.</returns>
    public async Task<Result<string>> ReplaceAsync(Actor actor, Stream content, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(content);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (!(await pictures.SaveAsync(content, ct)).Succeeded(out var key, out var refusal))
        {
            return refusal;
        }

        var url = $"/logos/{actor.OrganizationId}/{key}";
        await SetAsync(actor, url, ct);
        return url;
    }

    /// <summary>Takes the logo away (an empty address), or copies it from a file that was uploaded (<c>/media/{id}</c>).</summary>
    public async Task<Result<Done>> ChooseAsync(Actor actor, string address, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(address);
        if (!actor.Is(MemberRole.Admin))
        {
            return new Refusal.Forbidden();
        }

        if (address.Length == 0)
        {
            await SetAsync(actor, null, ct);
            return new Done();
        }

        var expected = new Refusal.Invalid("theme.logoUrl", "A picture that was uploaded here, as /media/ with its id, or empty for none.");
        if (OwnAddress().IsMatch(address))
        {
            await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
            return await db.Organizations.AnyAsync(o => o.Id == actor.OrganizationId && o.LogoUrl == address, ct) ? new Done() : expected;
        }

        if (!Uploaded().IsMatch(address) || !(await media.OpenAsync(actor, Guid.Parse(address[^36..]), ct)).Succeeded(out var file, out _))
        {
            return expected;
        }

        await using var content = file.Content;
        return (await ReplaceAsync(actor, content, ct)).Refusal switch
        {
            null => new Done(),
            Refusal.Invalid => expected,
            var refusal => refusal,
        };
    }

    /// <summary>Opens the logo of the actor's organization by its address; another organization's does not exist.</summary>
    public async Task<Result<MediaFile>> OpenAsync(Actor actor, Guid organizationId, string key, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var url = $"/logos/{organizationId}/{key}";
        await using (var db = await dbs.OpenAsync(actor.OrganizationId, ct))
        {
            if (organizationId != actor.OrganizationId || !OwnAddress().IsMatch(url) || !await db.Organizations.AnyAsync(o => o.Id == organizationId && o.LogoUrl == url, ct))
            {
                return new Refusal.NotFound("The picture");
            }
        }

        return await pictures.OpenAsync(key, "logo", ct) is { } file ? file : new Refusal.NotFound("The picture");
    }

    private async Task SetAsync(Actor actor, string? url, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        var organization = await db.Organizations.SingleAsync(o => o.Id == actor.OrganizationId, ct);
        var old = organization.LogoUrl;
        organization.LogoUrl = url;
        db.Record(actor, "organization.changed", $"organization:{organization.Id}", clock.GetUtcNow(), new { logoUrl = url ?? "" });
        await db.CommitAsync(ct);
        if (old is not null && OwnAddress().Match(old) is { Success: true } match)
        {
            await pictures.RemoveAsync(match.Groups["key"].Value, ct);
        }
    }

    [GeneratedRegex("^/media/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Uploaded();

    [GeneratedRegex("^/logos/[0-9a-f-]{36}/(?<key>[0-9a-f]{40})$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnAddress();
}

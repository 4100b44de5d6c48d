using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Media;

namespace Omni.Core.Widget;

/// <summary>Files of website chats: uploads of visitors, and addresses that open a file for a while to whoever holds them.</summary>
public sealed class WidgetFiles(MediaService media, AvatarService avatars, ISecrets secrets, TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    private readonly byte[] _key = secrets.Derive("widget files");

    /// <summary>Largest file that a chat takes, in bytes.</summary>
    public long MaxBytes(WidgetSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return Math.Min(site.Settings.Attachments.MaxBytes, media.MaxBytes);
    }

    /// <summary>Keeps a file of a visitor until it is sent with a message, at most a day.</summary>
    public async Task<Result<AttachmentView>> UploadAsync(WidgetSite site, WidgetVisitor visitor, Stream content, string? name, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(visitor);
        return site.Settings.Attachments.Enabled
            ? await media.ReceiveAsync(site.OrganizationId, OwnerOf(visitor.Id), content, name, MaxBytes(site), WidgetFileRule.Types, ct)
            : new Refusal.WrongType("file", "This chat takes no files.");
    }

    /// <summary>The address of a file: relative, signed, good for at least 12 hours.</summary>
    public string UrlOf(string siteKey, Guid fileId)
    {
        // The same for an hour, so that browsers can keep the file.
        var ends = (clock.GetUtcNow().UtcTicks / Step.Ticks * Step.Ticks) + Step.Ticks + Lasts.Ticks;
        var seconds = new DateTimeOffset(ends, TimeSpan.Zero).ToUnixTimeSeconds();
        return $"/widget/{siteKey}/files/{fileId}?e={seconds}&s={Sign(siteKey, fileId, seconds)}";
    }

    /// <summary>Opens a file by what its address says.</summary>
    public async Task<Result<MediaFile>> OpenAsync(WidgetSite site, Guid fileId, long ends, string? signature, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        var isOurs = signature is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(site.SiteKey, fileId, ends)), Encoding.ASCII.GetBytes(signature))
            && ends > clock.GetUtcNow().ToUnixTimeSeconds();
        return isOurs ? await media.OpenAsync(Actor.System(site.OrganizationId), fileId, ct) : new Refusal.NotFound("The file");
    }

    /// <summary>Opens the picture of a person of the team.</summary>
    public Task<Result<MediaFile>> OpenAvatarAsync(WidgetSite site, Guid userId, string key, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(site);
        return avatars.OpenAsync(Actor.System(site.OrganizationId), userId, key, ct);
    }

    /// <summary>The address under which visitors find a person's picture.</summary>
    public static string? AvatarOf(string siteKey, string? url) =>
        url is not null && url.StartsWith("/avatars/", StringComparison.Ordinal) ? $"/widget/{siteKey}{url}" : url;

    /// <summary>Marks an upload as a visitor's.</summary>
    internal static string OwnerOf(Guid visitorId) => $"visitor:{visitorId}";

    private string Sign(string siteKey, Guid fileId, long ends) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{siteKey}|{fileId:N}|{ends}")))[..16]);
}

using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Core.Media;

/// <summary>Pictures of people. They are drawn anew where the tool for it is installed, which drops what cameras write into them.</summary>
public sealed partial class AvatarService(IOmniDbFactory dbs, IBlobStore blobs, IThumbnails thumbnails)
{
    /// <summary>Largest picture that can be uploaded, in bytes.</summary>
    public const long MaxBytes = 5 << 20;

    private const int Edge = 256;

    /// <summary>Replaces the actor's picture.</summary>
    /// <returns>Its address.</returns>
    public async Task<Result<string>> ReplaceAsync(Actor actor, Stream content, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(content);
        using var image = new MemoryStream();
        var buffer = new byte[81920];
        for (var read = await content.ReadAsync(buffer, ct); read > 0; read = await content.ReadAsync(buffer, ct))
        {
            image.Write(buffer, 0, read);
            if (image.Length > MaxBytes)
            {
                return new Refusal.TooLarge($"The picture is larger than {MaxBytes >> 20} MB.");
            }
        }

        if (!ContentType.Sniff(image.GetBuffer().AsSpan(0, (int)image.Length)).StartsWith("image/", StringComparison.Ordinal))
        {
            return new Refusal.Invalid("file", "A PNG, JPEG, GIF or WebP picture is expected.");
        }

        image.Position = 0;
        var drawn = await thumbnails.MakeAsync(image, Edge, ct);
        using var stream = new MemoryStream(drawn ?? image.ToArray(), writable: false);
        var blob = (await blobs.SaveAsync(stream, MaxBytes, ct))!;
        var url = $"/avatars/{actor.UserId}/{blob.Key}";
        await using var db = await dbs.OpenGlobalAsync(ct);
        var user = await db.Users.SingleAsync(u => u.Id == actor.UserId, ct);
        var old = user.AvatarUrl;
        user.AvatarUrl = url;
        await db.CommitAsync(ct);
        if (old is not null && OwnAddress().Match(old) is { Success: true } match)
        {
            await blobs.DeleteAsync(match.Groups["key"].Value, ct);
        }

        return url;
    }

    /// <summary>Opens a person's picture by its address.</summary>
    public async Task<Result<MediaFile>> OpenAsync(Guid userId, string key, CancellationToken ct)
    {
        var url = $"/avatars/{userId}/{key}";
        await using (var db = await dbs.OpenGlobalAsync(ct))
        {
            if (!OwnAddress().IsMatch(url) || !await db.Users.AnyAsync(u => u.Id == userId && u.AvatarUrl == url, ct))
            {
                return new Refusal.NotFound("The picture");
            }
        }

        if (await blobs.OpenAsync(key, ct) is not { } content)
        {
            return new Refusal.NotFound("The picture");
        }

        var head = new byte[64];
        var length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        content.Position = 0;
        return new MediaFile(content, ContentType.Sniff(head.AsSpan(0, length)), "avatar", DateTimeOffset.UnixEpoch);
    }

    [GeneratedRegex("^/avatars/[0-9a-f-]{36}/(?<key>[0-9a-f]{40})$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnAddress();
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Inbox;
using Omni.Core.Tenancy;

namespace Omni.Core.Media;

/// <summary>Files of an organization: takes uploads, and opens files for those who may see them.</summary>
public sealed class MediaService(IOmniDbFactory dbs, IBlobStore blobs, IThumbnails thumbnails, IOptions<UploadOptions> options, TimeProvider clock)
{
    /// <summary>Longest side of a thumbnail, in pixels.</summary>
    public const int ThumbnailEdge = 320;

    /// <summary>Largest upload, in bytes.</summary>
    public long MaxBytes => options.Value.MaxUploadBytes;

    /// <summary>Keeps an uploaded file until it is sent with a message; one that is not sent within a day is removed.</summary>
    /// <param name="actor">Who uploads.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="name">The file's name as the sender calls it.</param>
    /// <param name="ct">Gives up; nothing is left then.</param>
    public async Task<Result<AttachmentView>> UploadAsync(Actor actor, Stream content, string? name, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(content);
        if (!actor.Is(MemberRole.Agent))
        {
            return new Refusal.Forbidden();
        }

        return await KeepAsync(actor.OrganizationId, actor.UserId, null, content, name, MaxBytes, null, ct);
    }

    /// <summary>Keeps a file that somebody outside the team uploaded until it is sent with a message; one that is not sent within a day is removed.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="owner">Who may send it, as the channel tells its people apart.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="name">The file's name as the sender calls it.</param>
    /// <param name="limit">Largest size in bytes.</param>
    /// <param name="types">Types that are taken, told by the first bytes.</param>
    /// <param name="ct">Gives up; nothing is left then.</param>
    public Task<Result<AttachmentView>> ReceiveAsync(
        Guid organizationId, string owner, Stream content, string? name, long limit, IReadOnlyCollection<string> types, CancellationToken ct) =>
        KeepAsync(organizationId, null, owner, content, name, Math.Min(limit, MaxBytes), types, ct);

    private async Task<Result<AttachmentView>> KeepAsync(
        Guid organizationId, Guid? uploadedBy, string? owner, Stream content, string? name, long limit, IReadOnlyCollection<string>? types, CancellationToken ct)
    {
        if (await blobs.SaveAsync(content, limit, ct) is not { } blob)
        {
            return new Refusal.TooLarge($"The file is larger than {limit / 1_048_576.0:0.#} MB.") { Field = "file" };
        }

        var mime = await SniffAsync(blob.Key, ct);
        if (types is not null && !types.Contains(mime))
        {
            await blobs.DeleteAsync(blob.Key, ct);
            return new Refusal.WrongType("file", "Files of this type are not taken here.");
        }

        var file = new Attachment
        {
            OrganizationId = organizationId,
            Type = ContentType.KindOf(mime),
            Mime = mime,
            Name = FileNames.Clean(name),
            Size = blob.Size,
            State = AttachmentState.Stored,
            BlobKey = blob.Key,
            UploadedById = uploadedBy,
            ExternalId = owner,
            CreatedAt = clock.GetUtcNow(),
            NextAt = clock.GetUtcNow(),
        };
        await using var db = await dbs.OpenAsync(organizationId, ct);
        db.Attachments.Add(file);
        await db.CommitAsync(ct);
        return new AttachmentView(file.Id, file.Type, file.Mime, file.Name, file.Size, file.State, null, null);
    }

    /// <summary>Opens a file of the actor's organization.</summary>
    /// <returns>The file, to be disposed by the caller.</returns>
    public async Task<Result<MediaFile>> OpenAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (await FindAsync(actor, id, ct) is not { BlobKey: { } key } file || await blobs.OpenAsync(key, ct) is not { } content)
        {
            return new Refusal.NotFound("The file");
        }

        return new MediaFile(content, file.Mime ?? ContentType.Unknown, file.Name ?? "file", file.CreatedAt);
    }

    /// <summary>Opens a small picture of an image; it is made at the first call and kept.</summary>
    public async Task<Result<MediaFile>> OpenThumbnailAsync(Actor actor, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (await FindAsync(actor, id, ct) is not { BlobKey: { } key, Type: "image" or "sticker" } file)
        {
            return new Refusal.NotFound("The thumbnail");
        }

        if (file.ThumbnailKey is { } made && await blobs.OpenAsync(made, ct) is { } present)
        {
            return new MediaFile(present, "image/webp", "thumbnail.webp", file.CreatedAt);
        }

        await using var original = await blobs.OpenAsync(key, ct);
        if (original is null || await thumbnails.MakeAsync(original, ThumbnailEdge, ct) is not { } picture)
        {
            return new Refusal.NotFound("The thumbnail");
        }

        await KeepThumbnailAsync(actor, id, picture, ct);
        return new MediaFile(new MemoryStream(picture, writable: false), "image/webp", "thumbnail.webp", file.CreatedAt);
    }

    private async Task KeepThumbnailAsync(Actor actor, Guid id, byte[] picture, CancellationToken ct)
    {
        using var stream = new MemoryStream(picture, writable: false);
        var blob = await blobs.SaveAsync(stream, picture.Length, ct);
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        if (await db.LockAsync<Attachment>(id, ct) is { ThumbnailKey: null } file)
        {
            file.ThumbnailKey = blob!.Key;
            await db.CommitAsync(ct);
        }
        else
        {
            await blobs.DeleteAsync(blob!.Key, ct); // somebody else made it meanwhile, or the file is gone
        }
    }

    private async Task<Attachment?> FindAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await dbs.OpenAsync(actor.OrganizationId, ct);
        return await db.Attachments.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id && a.State == AttachmentState.Stored, ct);
    }

    private async Task<string> SniffAsync(string key, CancellationToken ct)
    {
        await using var stream = (await blobs.OpenAsync(key, ct))!;
        var head = new byte[ContentType.HeadLength];
        var length = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        return ContentType.Sniff(head.AsSpan(0, length));
    }
}

/// <summary>An opened file.</summary>
/// <param name="Content">The bytes, seekable.</param>
/// <param name="Mime">Type by its first bytes.</param>
/// <param name="Name">Name for saving.</param>
/// <param name="At">When it came (UTC).</param>
public sealed record MediaFile(Stream Content, string Mime, string Name, DateTimeOffset At) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

using Microsoft.AspNetCore.Mvc;
using Omni.Core.Common;
using Omni.Core.Identity;
using Omni.Core.Media;
using Omni.Web.Inbox;
using Omni.Web.Shared.Api;

namespace Omni.Web.Media;

/// <summary>Files: uploading and reading.</summary>
[Tags("media")]
public sealed class MediaController(MediaService media, AvatarService avatars, LogoService logos) : OmniController
{
    private const string MayRead = "media:read";
    private const string MayWrite = "media:write";
    private const int WatchedFrom = 1 << 20; // what is smaller is through before anybody could take the right away

    /// <summary>Uploads one file as multipart/form-data; its id goes into a message's attachments.</summary>
    [HttpPost("api/v1/media"), DisableRequestSizeLimit, StreamedForm]
    [Consumes("multipart/form-data")]
    [ProducesResponseType<Answer<AttachmentJson>>(StatusCodes.Status201Created)]
    public Task<IActionResult> Upload(CancellationToken ct) => RunAsync(
        actor => UploadForm.ReadAsync(Request, media.MaxBytes, (content, name) => media.UploadAsync(actor, content, name, ct), ct),
        AttachmentJson.Of,
        StatusCodes.Status201Created,
        MayWrite);

    /// <summary>Reads a file; ranges work. Only images, sound and video are shown by browsers, everything else is saved.</summary>
    [HttpGet("api/v1/media/{id:guid}"), HttpGet("media/{id:guid}"), HttpHead("api/v1/media/{id:guid}"), HttpHead("media/{id:guid}")]
    [ProducesResponseType<byte[]>(StatusCodes.Status200OK, "application/octet-stream")]
    public Task<IActionResult> Read(Guid id, CancellationToken ct) => ServeAsync(actor => media.OpenAsync(actor, id, ct), MayRead);

    /// <summary>Reads a small picture of an image; 404 where none can be made, then show the original.</summary>
    [HttpGet("api/v1/media/{id:guid}/thumbnail"), HttpGet("media/{id:guid}/thumbnail")]
    [ProducesResponseType<byte[]>(StatusCodes.Status200OK, "image/webp")]
    public Task<IActionResult> Thumbnail(Guid id, CancellationToken ct) => ServeAsync(actor => media.OpenThumbnailAsync(actor, id, ct), MayRead);

    /// <summary>Replaces the caller's picture with a PNG, JPEG, GIF or WebP of at most 5 MB, as multipart/form-data.</summary>
    [HttpPost("api/v1/users/me/avatar"), RequestSizeLimit(PictureStore.MaxBytes + 65_536), StreamedForm]
    [Consumes("multipart/form-data")]
    [ProducesResponseType<Answer<AvatarJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> ReplaceAvatar(CancellationToken ct) => RunAsync(
        actor => UploadForm.ReadAsync(Request, PictureStore.MaxBytes, (content, _) => avatars.ReplaceAsync(actor, content, ct), ct), url => new AvatarJson(url), scope: MayWrite);

    /// <summary>Reads a person's picture.</summary>
    [HttpGet("avatars/{userId:guid}/{key}")]
    [ApiExplorerSettings(IgnoreApi = true)]
    public Task<IActionResult> Avatar(Guid userId, string key, CancellationToken ct) => ServeAsync(actor => avatars.OpenAsync(actor, userId, key, ct), MayRead);

    /// <summary>Replaces the organization's logo with a PNG, JPEG, GIF or WebP of at most 5 MB, as multipart/form-data.</summary>
    [HttpPost("api/v1/organizations/current/logo"), RequestSizeLimit(PictureStore.MaxBytes + 65_536), StreamedForm]
    [Consumes("multipart/form-data")]
    [ProducesResponseType<Answer<LogoJson>>(StatusCodes.Status200OK)]
    public Task<IActionResult> ReplaceLogo(CancellationToken ct) => RunAsync(
        actor => UploadForm.ReadAsync(Request, PictureStore.MaxBytes, (content, _) => logos.ReplaceAsync(actor, content, ct), ct), url => new LogoJson(url), scope: "organization:write");

    /// <summary>Reads the organization's logo.</summary>
    [HttpGet("logos/{organizationId:guid}/{key}")]
    [ApiExplorerSettings(IgnoreApi = true)]
    public Task<IActionResult> Logo(Guid organizationId, string key, CancellationToken ct) => ServeAsync(actor => logos.OpenAsync(actor, organizationId, key, ct), "organization:read");

    private async Task<IActionResult> ServeAsync(Func<Actor, Task<Result<MediaFile>>> open, string scope)
    {
        MediaFile? file = null;
        var answer = await RunAsync(
            async actor =>
            {
                var opened = await open(actor);
                file = opened.Refusal is null ? opened.Value : null;
                if (file?.Content.Length > WatchedFrom)
                {
                    EndWithSession(actor);
                }

                return opened;
            },
            _ => null,
            scope: scope);
        if (file is null)
        {
            return answer;
        }

        return FileAnswer.Of(this, file, "same-origin", "private, no-cache"); // may be kept, but asked for each time: rights end
    }
}

/// <summary>Where the organization's logo is.</summary>
/// <param name="LogoUrl">Its address.</param>
public sealed record LogoJson(string LogoUrl);

/// <summary>Where the caller's picture is.</summary>
/// <param name="AvatarUrl">Its address.</param>
public sealed record AvatarJson(string AvatarUrl);

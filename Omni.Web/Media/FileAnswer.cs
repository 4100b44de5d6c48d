using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Omni.Core.Media;

namespace Omni.Web.Media;

/// <summary>Answers with a file that strangers may have made: only images, sound and video are shown by browsers, everything else is saved, and nothing runs.</summary>
internal static class FileAnswer
{
    /// <summary>The answer.</summary>
    /// <param name="controller">Who answers.</param>
    /// <param name="file">The file; the answer disposes it.</param>
    /// <param name="readers">Which pages may show it: <c>same-origin</c> or <c>cross-origin</c>.</param>
    /// <param name="cache">Who may keep it.</param>
    internal static FileStreamResult Of(ControllerBase controller, MediaFile file, string readers, string cache)
    {
        var disposition = new ContentDispositionHeaderValue(ContentType.IsInlineSafe(file.Mime) ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Name);
        var headers = controller.Response.Headers;
        headers.ContentDisposition = disposition.ToString();
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers["Cross-Origin-Resource-Policy"] = readers;
        headers.CacheControl = cache;
        var tag = new EntityTagHeaderValue($"\"{file.Content.Length:x}-{file.At.UtcTicks:x}\"");
        return controller.File(file.Content, file.Mime == "text/plain" ? "text/plain; charset=utf-8" : file.Mime, file.At, tag, enableRangeProcessing: true);
    }
}

using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Omni.Core.Common;

namespace Omni.Web.Media;

/// <summary>Reads the file of an upload form.</summary>
internal static class UploadForm
{
    /// <summary>Hands the first file of the form on while it arrives.</summary>
    /// <param name="request">The request; its form was not read (<see cref="StreamedFormAttribute"/>).</param>
    /// <param name="limit">Largest file in bytes.</param>
    /// <param name="use">Gets the bytes and the sender's name of the file.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<Result<T>> ReadAsync<T>(HttpRequest request, long limit, Func<Stream, string?, Task<Result<T>>> use, CancellationToken ct)
    {
        if (request.ContentLength > limit + 65_536)
        {
            return new Refusal.TooLarge($"The file is larger than {limit / 1_048_576.0:0.#} MB.") { Field = "file" };
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 100 } boundary)
        {
            return new Refusal.Invalid("file", "multipart/form-data with a boundary is expected.");
        }

        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            for (var section = await reader.ReadNextSectionAsync(ct); section is not null; section = await reader.ReadNextSectionAsync(ct))
            {
                if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                {
                    var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
                    return await use(section.Body, name);
                }
            }
        }
        catch (Exception broken) when (broken is InvalidDataException || (broken is IOException and not BadHttpRequestException && !ct.IsCancellationRequested))
        {
            return new Refusal.Invalid("file", "The form is not complete.");
        }

        return new Refusal.Invalid("file", "A form field with a file is expected.");
    }
}

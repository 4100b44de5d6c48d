using System.Net.Http.Headers;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels;

/// <summary>Steps beside a message that send nothing to anybody, so that whatever goes wrong with them may be tried again.</summary>
internal static class PlatformSteps
{
    /// <summary>Hands a file over that a message then names.</summary>
    /// <param name="platform">The platform's name, for words.</param>
    /// <param name="media">The file.</param>
    /// <param name="form">Puts the file into the platform's form.</param>
    /// <param name="post">Posts the form, which is disposed afterwards.</param>
    /// <param name="judge">Null for a good answer.</param>
    /// <param name="read">The file's id in a good answer.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The file's id, or why there is none.</returns>
    public static async Task<(string? Id, SendOutcome? Failure)> UploadAsync<TAnswer>(
        string platform, OutboundMedia media, Func<HttpContent, MultipartFormDataContent> form, Func<HttpContent, Task<TAnswer>> post,
        Func<TAnswer, SendOutcome?> judge, Func<TAnswer, string?> read, CancellationToken ct)
    {
        Stream content;
        try
        {
            content = await media.OpenAsync(ct);
        }
        catch (IOException)
        {
            return (null, new SendOutcome.Retry(TimeSpan.Zero, "file", "The file could not be opened."));
        }

        var file = new SizedContent(content, media.Size);
        file.Headers.ContentType = new MediaTypeHeaderValue(media.Mime);
        var answer = await post(form(file));
        if (judge(answer) is { } failure)
        {
            return (null, failure);
        }

        return read(answer) is { } id ? (id, null) : (null, new SendOutcome.Retry(TimeSpan.Zero, "upload", $"{platform} took the file but gave it no id."));
    }

    /// <summary>The outcome of such a step for a caller that sends no message.</summary>
    public static Refusal Refuse(SendOutcome failure) => failure switch
    {
        SendOutcome.Retry retry => new Refusal.Unavailable(retry.Message, retry.After > TimeSpan.Zero ? retry.After : TimeSpan.FromSeconds(30)),
        SendOutcome.Reauthorize token => new Refusal.Forbidden(token.Message),
        SendOutcome.Rejected rejected => new Refusal.Conflict(rejected.Error.Message),
        _ => throw new InvalidOperationException($"Unhandled {failure.GetType().Name}."),
    };
}

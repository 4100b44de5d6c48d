using System.Net;
using System.Net.Http.Headers;
using Omni.Core.Channels;
using Omni.Infrastructure.Common;

namespace Omni.Infrastructure.Channels;

/// <summary>Reads files from a platform's own hosts, whatever address a payload or an answer names.</summary>
/// <param name="platform">The platform's name, for words.</param>
/// <param name="client">The guarded client for a channel.</param>
/// <param name="isOwn">True when an address is the platform's own; asked more strictly where a token goes along.</param>
/// <param name="authorize">Puts a token into the headers of the first request.</param>
internal sealed class PlatformFiles(
    string platform, Func<ChannelAccess, HttpClient> client, Func<Uri, ChannelAccess, bool, bool> isOwn, Action<HttpRequestHeaders, string> authorize)
{
    private const int MaxHops = 3;
    private static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(10); // 100 MB at 1.4 Mbit/s

    /// <summary>For an address that is not the platform's.</summary>
    public MediaOutcome.Gone Foreign { get; } = new($"{platform} named an address that is not its own; the file was not fetched.");

    /// <summary>For a file beyond the limit.</summary>
    public static MediaOutcome.Gone TooLarge(long limit) => new($"The file is larger than {limit / (1 << 20)} MB.");

    /// <summary>Opens the file at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="token">A token for the first address; null for addresses that are signed themselves.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="access">The channel.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<MediaOutcome> OpenAsync(string? address, string? token, long limit, ChannelAccess access, CancellationToken ct) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) ? FetchAsync(url, token, limit, access, ct) : Task.FromResult<MediaOutcome>(Foreign);

    private async Task<MediaOutcome> FetchAsync(Uri url, string? token, long limit, ChannelAccess access, CancellationToken ct)
    {
        for (var hop = 0; hop < MaxHops; hop++)
        {
            if (url.UserInfo.Length > 0 || !isOwn(url, access, token is not null))
            {
                return Foreign;
            }

            HttpResponseMessage response;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                if (token is not null)
                {
                    authorize(request.Headers, token);
                }

                response = await client(access).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            }
            catch (Exception e) when (EgressRefusedException.Caused(e))
            {
                return Foreign;
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return new MediaOutcome.Retry(TimeSpan.Zero, "The file could not be reached.");
            }

            if ((int)response.StatusCode is >= 300 and <= 399 && response.Headers.Location is { } next)
            {
                response.Dispose();
                (url, token) = (new Uri(url, next), null); // the token is for the first address only
                continue;
            }

            return await ReadAsync(response, limit, ct);
        }

        return new MediaOutcome.Gone("The file's address leads on and on.");
    }

    private async Task<MediaOutcome> ReadAsync(HttpResponseMessage response, long limit, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode && (response.Content.Headers.ContentLength ?? 0) <= limit)
        {
            var content = await response.Content.ReadAsStreamAsync(ct);
            return new MediaOutcome.Opened(new LimitedStream(content, limit, LongestRead, response), response.Content.Headers.ContentType?.ToString());
        }

        using (response)
        {
            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => new MediaOutcome.Reauthorize($"{platform} does not accept the access token."),
                HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                    new MediaOutcome.Retry(response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, $"The file's server answered {(int)response.StatusCode}."),
                _ when response.IsSuccessStatusCode => TooLarge(limit),
                _ => new MediaOutcome.Gone($"The file is no longer at {platform}."),
            };
        }
    }
}
